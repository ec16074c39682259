#pragma once
/*
 * The operator: reads what drover says, looks at the cloud's console, and decides.
 */
void person_start(void);
/* Answers intents that are held and actions that wait for a person. */
void person_decides(void);
/* Says of what was bought and has not come what it is, or that it never will: as the console shows
 * it, so only once that is to be believed. */
void person_settles(void);
/* Pays one of the orders that drover told of: nobody pays what nobody told. */
void person_pays(void);

struct person_counts {
	unsigned held, adopted, abandoned, approved;
};
const struct person_counts *person_counts(void);
