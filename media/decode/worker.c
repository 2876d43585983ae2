#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "internal.h"

// A decoder works on a thread of its own. Both sides tell each other through file descriptors that there is something to
// do, and hand it over in wall_slot, so that Go makes no call into C for it: each such call wakes Go's monitor, and one
// that lasts keeps it awake, which costs a sixth of what decoding one camera costs.

struct wall_worker {
	wall_slot slot; // first, so that Go finds it
	pthread_t thread;
	int todo; // file descriptor: a unit is in the slot, or the end has come
	int done; // file descriptor: the unit is decoded
	int end;
	wall_decoder *decoder;
	AVBufferPool *pool;
	int size; // of the pool's buffers
	AVBufferRef *input;
};

// ready makes sure that a unit of that many bytes finds room in the slot.
static int ready(wall_worker *w, int len) {
	if (w->input && w->slot.room >= len) {
		return 0;
	}
	av_buffer_unref(&w->input);
	w->slot.data = NULL;
	w->slot.room = 0;
	if (!w->pool || w->size < len) {
		av_buffer_pool_uninit(&w->pool);
		w->size = len < WALL_ROOM ? WALL_ROOM : len + len / 2;
		w->pool = av_buffer_pool_init((size_t)w->size + WALL_PADDING, NULL);
	}
	w->input = w->pool ? av_buffer_pool_get(w->pool) : NULL;
	if (!w->input) {
		return AVERROR(ENOMEM);
	}
	w->slot.data = w->input->data;
	w->slot.room = w->size;
	return 0;
}

static void decode_slot(wall_worker *w) {
	wall_slot *s = &w->slot;
	memset(s->data + s->len, 0, WALL_PADDING);
	s->rc = wall_decode(w->decoder, &w->input, s->len, s->pts, s->begins, &s->out);
	s->room = 0;
	s->data = NULL;
	av_buffer_unref(&w->input); // in case it was not consumed
	ready(w, 0);                // what fails here fails again when there is a unit
}

static void *work(void *arg) {
	wall_worker *w = arg;
	for (;;) {
		uint64_t n;
		if (read(w->todo, &n, sizeof(n)) != sizeof(n)) {
			continue; // only a signal can be in the way, and all are blocked
		}
		if (w->end) {
			return NULL;
		}
		decode_slot(w);
		n = 1;
		while (write(w->done, &n, sizeof(n)) < 0) {
		}
	}
}

int wall_worker_open(wall_worker **out, wall_decoder *d, int *done, int *todo) {
	*out = NULL;
	wall_worker *w = av_mallocz(sizeof(*w));
	if (!w) {
		return AVERROR(ENOMEM);
	}
	w->decoder = d;
	int theirs = -1, rc = 0;
	w->done = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	w->todo = eventfd(0, EFD_CLOEXEC);
	// A descriptor for each side: a worker that comes back late from a driver must not find another file under its number.
	if (w->done >= 0 && w->todo >= 0) {
		theirs = fcntl(w->done, F_DUPFD_CLOEXEC, 0);
	}
	if (theirs < 0) {
		rc = errno;
	} else {
		// Signals are for Go's threads.
		sigset_t all, before;
		sigfillset(&all);
		pthread_sigmask(SIG_SETMASK, &all, &before);
		rc = pthread_create(&w->thread, NULL, work, w);
		pthread_sigmask(SIG_SETMASK, &before, NULL);
	}
	if (rc) {
		int all[] = {theirs, w->done, w->todo};
		for (int i = 0; i < 3; i++) {
			if (all[i] >= 0) {
				close(all[i]);
			}
		}
		av_free(w);
		return AVERROR(rc);
	}
	*done = theirs;
	*todo = w->todo;
	*out = w;
	return 0;
}

wall_slot *wall_worker_slot(wall_worker *w, int len) { return ready(w, len) < 0 ? NULL : &w->slot; }

void wall_worker_run(wall_worker *w) { decode_slot(w); }

void wall_worker_close(wall_worker *w) {
	if (!w) {
		return;
	}
	w->end = 1;
	uint64_t one = 1;
	while (write(w->todo, &one, sizeof(one)) < 0 && errno == EINTR) {
	}
	pthread_join(w->thread, NULL);
	av_buffer_unref(&w->input);
	av_buffer_pool_uninit(&w->pool);
	close(w->done);
	close(w->todo);
	av_free(w);
}
