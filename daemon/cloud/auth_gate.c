#include "cloud/auth_gate.h"

#include <stdio.h>

bool auth_gate_allows(struct auth_gate *gate, uint64_t now_ms, bool may_try, bool *ret_trial)
{
	*ret_trial = false;
	if (!gate->shut)
		return true;
	if (gate->trying || now_ms < gate->next_ms || !may_try)
		return false;
	gate->trying = true;
	*ret_trial = true;
	return true;
}

bool auth_gate_refused(struct auth_gate *gate, uint64_t now_ms, uint64_t interval_ms,
		       const char *code, const char *request_id)
{
	bool begins = !gate->shut;
	gate->shut = true;
	gate->trying = false;
	gate->next_ms = interval_ms == AUTH_GATE_FOR_GOOD ? UINT64_MAX : now_ms + interval_ms;
	(void)snprintf(gate->code, sizeof(gate->code), "%s", code);
	(void)snprintf(gate->request_id, sizeof(gate->request_id), "%s", request_id);
	return begins;
}

bool auth_gate_accepted(struct auth_gate *gate)
{
	bool ends = gate->shut;
	*gate = (struct auth_gate){0};
	return ends;
}

void auth_gate_abandoned(struct auth_gate *gate)
{
	gate->trying = false;
}

void auth_gate_hurry(struct auth_gate *gate)
{
	gate->next_ms = 0;
}
