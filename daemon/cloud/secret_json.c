#include "cloud/secret_json.h"

#include <openssl/crypto.h>
#include <stdbool.h>
#include <string.h>

static void wipe(cJSON *node)
{
	for (cJSON *child = node->child; child; child = child->next)
		wipe(child);
	if (cJSON_IsString(node) && node->valuestring)
		OPENSSL_cleanse(node->valuestring, strlen(node->valuestring));
}

cJSON *secret_json_free(cJSON *root)
{
	if (root)
		wipe(root);
	cJSON_Delete(root);
	return NULL;
}

cJSON *secret_json_parse(const char *text, size_t len, const char **ret_end)
{
	const char *end = text;
	cJSON *root = cJSON_ParseWithLengthOpts(text, len + 1, &end, true);
	if (ret_end)
		*ret_end = end;
	return cJSON_IsObject(root) ? root : secret_json_free(root);
}

const char *secret_json_text(const cJSON *object, const char *name)
{
	const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));
	return text ? text : "";
}
