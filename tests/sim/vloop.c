#include "vloop.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "base/cleanup.h"
#include "base/vec.h"

struct event {
	uint64_t at_ms, order;
	vloop_fn fn;
	void *data;
	bool of_world;
};

struct timer {
	uv_timer_t *handle;
	uv_timer_cb cb;
	uint64_t due_ms, repeat_ms, order;
	bool active;
};

static struct {
	uint64_t mono_ms, order, steps;
	int64_t wall_offset_ms;
	uint64_t daemon_random, world_random;
	VEC(struct event) events;
	VEC(struct timer) timers;
	VEC(uv_signal_t *) signals; /* listened to */
	vloop_fn on_step;
	void *step_data;
	jmp_buf crash;
	bool living;
} v;

/* ---- chance: splitmix64 ---- */

static uint64_t next_random(uint64_t *state)
{
	uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

uint64_t vloop_random(uint64_t bound)
{
	return bound ? next_random(&v.world_random) % bound : 0;
}

/* ---- env ---- */

static uint64_t env_mono(struct env *env)
{
	(void)env;
	return v.mono_ms;
}

static uint64_t env_wall(struct env *env)
{
	(void)env;
	return vloop_wall();
}

static void env_random(struct env *env, void *buf, size_t size)
{
	(void)env;
	for (size_t k = 0; k < size; k++)
		((unsigned char *)buf)[k] = (unsigned char)next_random(&v.daemon_random);
}

struct env vloop_env = {env_mono, env_wall, env_random};

struct env *__wrap_env_os(void);
struct env *__wrap_env_os(void)
{
	return &vloop_env;
}

uint64_t __wrap_env_since_boot_ms(void);
uint64_t __wrap_env_since_boot_ms(void)
{
	return v.mono_ms;
}

uint64_t vloop_now(void)
{
	return v.mono_ms;
}

uint64_t vloop_wall(void)
{
	return (uint64_t)((int64_t)v.mono_ms + v.wall_offset_ms);
}

void vloop_jump_wall(int64_t by_ms)
{
	v.wall_offset_ms += by_ms;
}

/* ---- events ---- */

void vloop_start(uint64_t seed, uint64_t wall_ms)
{
	vec_free(&v.events);
	vec_free(&v.timers);
	vec_free(&v.signals);
	v.mono_ms = 1000;
	v.order = v.steps = 0;
	v.wall_offset_ms = (int64_t)wall_ms - 1000;
	v.daemon_random = seed * 2 + 1;
	v.world_random = seed * 2;
	v.on_step = NULL;
}

void vloop_reset(void)
{
	size_t kept = 0;
	vec_free(&v.timers);
	vec_free(&v.signals);
	for (size_t k = 0; k < v.events.n; k++)
		if (v.events.items[k].of_world)
			v.events.items[kept++] = v.events.items[k];
	v.events.n = kept;
}

static void add_event(uint64_t at_ms, vloop_fn fn, void *data, bool of_world)
{
	struct event *e = vec_add(&v.events);
	if (!e)
		abort();
	*e = (struct event){at_ms > v.mono_ms ? at_ms : v.mono_ms, v.order++, fn, data, of_world};
}

void vloop_at(uint64_t at_ms, vloop_fn fn, void *data)
{
	add_event(at_ms, fn, data, false);
}

void vloop_world_at(uint64_t at_ms, vloop_fn fn, void *data)
{
	add_event(at_ms, fn, data, true);
}

void vloop_on_step(vloop_fn fn, void *data)
{
	v.on_step = fn;
	v.step_data = data;
}

static bool comes_before(uint64_t at, uint64_t order, uint64_t other_at, uint64_t other_order)
{
	return at != other_at ? at < other_at : order < other_order;
}

static struct event *first_event(void)
{
	struct event *first = NULL;
	vec_each(&v.events, e)
		if (!first || comes_before(e->at_ms, e->order, first->at_ms, first->order))
			first = e;
	return first;
}

static struct timer *first_timer(void)
{
	struct timer *first = NULL;
	vec_each(&v.timers, t)
		if (t->active && (!first || comes_before(t->due_ms, t->order, first->due_ms, first->order)))
			first = t;
	return first;
}

void vloop_pass(uint64_t ms)
{
	v.mono_ms += ms;
}

uint64_t vloop_steps(void)
{
	return v.steps;
}

static void move_to(uint64_t at_ms)
{
	v.steps++;
	if (at_ms > v.mono_ms)
		v.mono_ms = at_ms;
	if (v.on_step)
		v.on_step(v.step_data);
}

static void remove_event(uint64_t order)
{
	size_t kept = 0;
	for (size_t k = 0; k < v.events.n; k++)
		if (v.events.items[k].order != order)
			v.events.items[kept++] = v.events.items[k];
	v.events.n = kept;
}

/* A crash in the step before it leaves an event of the world where it is: it happens to the next
 * process. */
static void run_event(const struct event *e)
{
	struct event taken = *e;
	move_to(taken.at_ms);
	remove_event(taken.order);
	taken.fn(taken.data);
}

static void run_timer(struct timer *t)
{
	uv_timer_t *handle = t->handle;
	uv_timer_cb cb = t->cb;
	uint64_t due_ms = t->due_ms;
	t->active = t->repeat_ms > 0;
	t->due_ms = due_ms + t->repeat_ms;
	t->order = v.order++;
	move_to(due_ms);
	cb(handle);
}

static bool is_over(void)
{
	vec_each(&v.timers, t)
		if (t->active)
			return false;
	vec_each(&v.events, e)
		if (!e->of_world)
			return false;
	return true;
}

/* ---- lives ---- */

bool vloop_live(int (*life)(void *data), void *data, int *ret_code)
{
	v.living = true;
	if (setjmp(v.crash) != 0) {
		v.living = false;
		return false;
	}
	*ret_code = life(data);
	v.living = false;
	return true;
}

void vloop_crash(void)
{
	if (!v.living)
		abort();
	longjmp(v.crash, 1);
}

bool vloop_signal(int number)
{
	vec_each(&v.signals, handle)
		if ((*handle)->signum == number) {
			(*handle)->signal_cb(*handle, number);
			return true;
		}
	return false;
}

/* ---- libuv, as far as the daemon uses it without a network ---- */

int __wrap_uv_loop_init(uv_loop_t *loop);
int __wrap_uv_loop_close(uv_loop_t *loop);
int __wrap_uv_run(uv_loop_t *loop, uv_run_mode mode);
uint64_t __wrap_uv_now(const uv_loop_t *loop);
void __wrap_uv_update_time(uv_loop_t *loop);
int __wrap_uv_timer_init(uv_loop_t *loop, uv_timer_t *handle);
int __wrap_uv_timer_start(uv_timer_t *handle, uv_timer_cb cb, uint64_t timeout, uint64_t repeat);
int __wrap_uv_timer_stop(uv_timer_t *handle);
int __wrap_uv_timer_again(uv_timer_t *handle);
int __wrap_uv_is_active(const uv_handle_t *handle);
void __wrap_uv_close(uv_handle_t *handle, uv_close_cb cb);
int __wrap_uv_signal_init(uv_loop_t *loop, uv_signal_t *handle);
int __wrap_uv_signal_start(uv_signal_t *handle, uv_signal_cb cb, int number);
int __wrap_uv_fs_event_init(uv_loop_t *loop, uv_fs_event_t *handle);
int __wrap_uv_fs_event_start(uv_fs_event_t *handle, uv_fs_event_cb cb, const char *path, unsigned flags);
int __wrap_uv_fs_event_stop(uv_fs_event_t *handle);

int __wrap_uv_loop_init(uv_loop_t *loop)
{
	memset(loop, 0, sizeof(*loop));
	return 0;
}

int __wrap_uv_loop_close(uv_loop_t *loop)
{
	(void)loop;
	return is_over() ? 0 : UV_EBUSY;
}

int __wrap_uv_run(uv_loop_t *loop, uv_run_mode mode)
{
	(void)loop;
	(void)mode;
	while (!is_over()) {
		struct event *e = first_event();
		struct timer *t = first_timer();
		if (t && (!e || comes_before(t->due_ms, t->order, e->at_ms, e->order)))
			run_timer(t);
		else
			run_event(e);
	}
	return 0;
}

uint64_t __wrap_uv_now(const uv_loop_t *loop)
{
	(void)loop;
	return v.mono_ms;
}

void __wrap_uv_update_time(uv_loop_t *loop)
{
	(void)loop;
}

static struct timer *timer_of(const uv_handle_t *handle)
{
	vec_each(&v.timers, t)
		if ((const uv_handle_t *)t->handle == handle)
			return t;
	return NULL;
}

int __wrap_uv_timer_init(uv_loop_t *loop, uv_timer_t *handle)
{
	memset(handle, 0, sizeof(*handle));
	handle->loop = loop;
	handle->type = UV_TIMER;
	struct timer *t = vec_add(&v.timers);
	if (!t)
		return UV_ENOMEM;
	t->handle = handle;
	return 0;
}

int __wrap_uv_timer_start(uv_timer_t *handle, uv_timer_cb cb, uint64_t timeout, uint64_t repeat)
{
	struct timer *t = timer_of((uv_handle_t *)handle);
	if (!t)
		return UV_EINVAL;
	*t = (struct timer){handle, cb, v.mono_ms + timeout, repeat, v.order++, true};
	return 0;
}

int __wrap_uv_timer_stop(uv_timer_t *handle)
{
	struct timer *t = timer_of((uv_handle_t *)handle);
	if (t)
		t->active = false;
	return 0;
}

int __wrap_uv_timer_again(uv_timer_t *handle)
{
	struct timer *t = timer_of((uv_handle_t *)handle);
	if (!t || !t->cb)
		return UV_EINVAL;
	if (t->repeat_ms > 0) {
		t->due_ms = v.mono_ms + t->repeat_ms;
		t->order = v.order++;
		t->active = true;
	}
	return 0;
}

int __wrap_uv_is_active(const uv_handle_t *handle)
{
	const struct timer *t = timer_of(handle);
	return t && t->active;
}

struct closing {
	uv_handle_t *handle;
	uv_close_cb cb;
};

static void on_close(void *data)
{
	struct closing *c = data;
	uv_close_cb cb = c->cb;
	uv_handle_t *handle = c->handle;
	free(c);
	if (cb)
		cb(handle);
}

static void stop_signal(const uv_handle_t *handle)
{
	size_t kept = 0;
	for (size_t k = 0; k < v.signals.n; k++)
		if ((const uv_handle_t *)v.signals.items[k] != handle)
			v.signals.items[kept++] = v.signals.items[k];
	v.signals.n = kept;
}

void __wrap_uv_close(uv_handle_t *handle, uv_close_cb cb)
{
	stop_signal(handle);
	struct timer *t = timer_of(handle);
	struct closing *c = malloc(sizeof(*c));
	if (!c)
		abort();
	*c = (struct closing){handle, cb};
	if (t) {
		size_t at = (size_t)(t - v.timers.items);
		v.timers.n--;
		memmove(t, t + 1, (v.timers.n - at) * sizeof(*t));
	}
	vloop_at(v.mono_ms, on_close, c);
}

int __wrap_uv_signal_init(uv_loop_t *loop, uv_signal_t *handle)
{
	memset(handle, 0, sizeof(*handle));
	handle->loop = loop;
	return 0;
}

int __wrap_uv_signal_start(uv_signal_t *handle, uv_signal_cb cb, int number)
{
	handle->signal_cb = cb;
	handle->signum = number;
	uv_signal_t **listener = vec_add(&v.signals);
	if (!listener)
		return UV_ENOMEM;
	*listener = handle;
	return 0;
}

int __wrap_uv_fs_event_init(uv_loop_t *loop, uv_fs_event_t *handle)
{
	memset(handle, 0, sizeof(*handle));
	handle->loop = loop;
	return 0;
}

int __wrap_uv_fs_event_start(uv_fs_event_t *handle, uv_fs_event_cb cb, const char *path, unsigned flags)
{
	(void)handle;
	(void)cb;
	(void)path;
	(void)flags;
	return 0;
}

int __wrap_uv_fs_event_stop(uv_fs_event_t *handle)
{
	(void)handle;
	return 0;
}
