#include "base/memory.h"

#include <malloc.h>

#include "base/limits.h"

void memory_keep_freed(void)
{
	(void)mallopt(M_MMAP_THRESHOLD, (int)LIMIT_BODY_BYTES);
	(void)mallopt(M_TRIM_THRESHOLD, 2 * (int)LIMIT_BODY_BYTES);
}
