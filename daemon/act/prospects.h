#pragma once
/*
 * What the daemon has learned about each group's chances: how many creates may be under
 * way at once (1, 2, 4, ... after definite replies), and how long to wait after a refusal.
 * Time and chance are arguments.
 */
#include "base/env.h"
#include "cloud/inquiry.h"
#include "cloud/outcome.h"
#include "model/desired.h"
#include "model/intent.h"
#include "model/prospect.h"
#include "model/settings.h"

struct prospect_book;

struct prospect_book *prospect_book_new(const struct settings *settings, struct env *env);
struct prospect_book *prospect_book_free(struct prospect_book *b);
void prospect_book_configure(struct prospect_book *b, const struct settings *settings);

/* A call of @intent has ended. A buy that is done doubles the pace when no other of its
 * batch is open; anything else starts it again at 1. A refusal sets the back-off, of buys or
 * of all other calls. */
void prospect_replied(struct prospect_book *b, const struct intent *intent, enum outcome outcome,
		      bool batch_done);
/* A create that has no token, and may be tried anew only so often, has ended without effect (in
 * this life or an earlier one): after two in 24 hours the next one waits. */
void prospect_absent(struct prospect_book *b, const struct intent *intent);
/* Buying waits for an edit of the group, whose @fingerprint it is now, because of @why. */
void prospect_stop(struct prospect_book *b, const char *group, uint64_t fingerprint, const char *why);
/* An instance of the group failed to come up: back to 1. */
void prospect_failed(struct prospect_book *b, const char *group);

/* The group's questions are being asked. 0 or -ENOMEM. */
int prospect_asking(struct prospect_book *b, const char *group);
/* The answers to the questions before it buys. What is not ok is forgotten after a back-off, to
 * be asked about again; so is a balance, soon, because every order changes it. 0 or -ENOMEM. */
int prospect_checked(struct prospect_book *b, const struct inquiry *inquiry);
/* The group was edited: checks and back-offs were about another group. */
void prospect_edited(struct prospect_book *b, const char *group);

/* An entry per desired group, made where missing; borrowed until the next call. 0 or -ENOMEM. */
int prospect_view(struct prospect_book *b, const struct desired *desired,
		  const struct prospects **ret, size_t *ret_n);
