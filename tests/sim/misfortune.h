#pragma once
/*
 * What goes wrong: faults of the cloud and the network, changes by hand, edits, broken files,
 * clocks that jump, keys that are refused. One step at a time, drawn.
 */
#include <stdbool.h>

/* @lost_replies: only replies lost after the effect, and slow listings. */
void misfortune_start(bool lost_replies);
void misfortune_step(void);
/* All is well again with the cloud, the network, the keys and the file. */
void misfortune_end(void);
