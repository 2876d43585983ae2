#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "internal.h"

// A decoder works on a thread of its own and tells that it is done through a file descriptor, on which Go's poller waits.
// A call from Go into C that lasts keeps Go's monitor awake, which looks after it every few dozen microseconds: with one
// camera that costs a sixth of what decoding costs.

struct wall_worker {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	int todo; // 0 nothing, 1 a unit, 2 the end
	int done; // file descriptor
	wall_decoder *decoder;
	AVBufferRef *input;
	int len;
	int64_t pts;
	wall_picture out;
	int rc;
};

static void *work(void *arg) {
	wall_worker *w = arg;
	for (;;) {
		pthread_mutex_lock(&w->lock);
		while (!w->todo) {
			pthread_cond_wait(&w->wake, &w->lock);
		}
		int end = w->todo == 2;
		w->todo = 0;
		pthread_mutex_unlock(&w->lock);
		if (end) {
			return NULL;
		}
		w->rc = wall_decode(w->decoder, &w->input, w->len, w->pts, &w->out);
		uint64_t one = 1;
		while (write(w->done, &one, sizeof(one)) < 0) {
			// Only a signal can be in the way, and all are blocked.
		}
	}
}

int wall_worker_open(wall_worker **out, wall_decoder *d, int *done) {
	*out = NULL;
	wall_worker *w = av_mallocz(sizeof(*w));
	if (!w) {
		return AVERROR(ENOMEM);
	}
	w->decoder = d;
	w->done = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (w->done < 0) {
		int rc = AVERROR(errno);
		av_free(w);
		return rc;
	}
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->wake, NULL);
	// Signals are for Go's threads.
	sigset_t all, before;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	// A descriptor for each side: a worker that comes back late from a driver must not find another file under its number.
	int theirs = fcntl(w->done, F_DUPFD_CLOEXEC, 0);
	int rc = theirs < 0 ? errno : pthread_create(&w->thread, NULL, work, w);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (rc) {
		if (theirs >= 0) {
			close(theirs);
		}
		close(w->done);
		av_free(w);
		return AVERROR(rc);
	}
	*done = theirs;
	*out = w;
	return 0;
}

uint8_t *wall_worker_input(wall_worker *w, int len) {
	av_buffer_unref(&w->input);
	w->input = av_buffer_alloc((size_t)len + WALL_PADDING);
	if (!w->input) {
		return NULL;
	}
	memset(w->input->data + len, 0, WALL_PADDING);
	w->len = len;
	return w->input->data;
}

static void order(wall_worker *w, int todo) {
	pthread_mutex_lock(&w->lock);
	w->todo = todo;
	pthread_cond_signal(&w->wake);
	pthread_mutex_unlock(&w->lock);
}

void wall_worker_start(wall_worker *w, int64_t pts) {
	w->pts = pts;
	order(w, 1);
}

void wall_worker_run(wall_worker *w, int64_t pts) {
	w->rc = wall_decode(w->decoder, &w->input, w->len, pts, &w->out);
}

int wall_worker_result(wall_worker *w, wall_picture *out) {
	*out = w->out;
	return w->rc;
}

void wall_worker_close(wall_worker *w) {
	if (!w) {
		return;
	}
	order(w, 2);
	pthread_join(w->thread, NULL);
	pthread_cond_destroy(&w->wake);
	pthread_mutex_destroy(&w->lock);
	av_buffer_unref(&w->input);
	close(w->done);
	av_free(w);
}
