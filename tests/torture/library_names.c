#include "faults.h"

const char *faults_library_name(enum faults_library library)
{
	static const char *const names[] = {"sqlite", "openssl", "yaml", "cjson", "curl", "uv", "microhttpd"};
	return names[library];
}
