#pragma once
/*
 * How the process holds on to freed memory.
 */

/* Answers of 200 KB come and go by the thousand: by default glibc gives their memory back to
 * the system each time, and every page of it faults in again. Call it once, at the start. */
void memory_keep_freed(void);
