#pragma once
/*
 * What a folder holds, kept and put back: a process that forks lets its child write to the same
 * files and then goes on as if nothing had been. Files keep their inodes, and descriptors that are
 * open their places (but for the standard streams). Files right in the folder are written once
 * and stay, and nothing is done to them that shows; of others the times are not put back.
 */

/* Once; @dir exists. Beside it "@dir.kept" is made, on the same file system. */
void tree_start(const char *dir);
void tree_keep(void);     /* in place of what was kept before */
void tree_put_back(void); /* any number of times */
