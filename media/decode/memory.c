#include <string.h>
#include <sys/mman.h>

#include <libavutil/imgutils.h>
#include <libavutil/pixdesc.h>

#include "internal.h"

// Pictures lie in huge pages where the kernel has them to give (madvise(2), MADV_HUGEPAGE): predicting a picture from
// others jumps all over them, and with pages of 4 KiB looking up where they are takes a 25th of the time of decoding 1080p.
// Huge pages are touched whole, so those of a decoder hold several pictures, and small pictures stay where libavcodec
// would put them.

// PAGE is the size of a huge page, in bytes: that of x86-64 and, with pages of 4 KiB, of arm64. Elsewhere there is nothing
// gained and nothing lost.
#define PAGE ((size_t)2 << 20)

// SMALLEST is the least size of a picture that is worth a part of a huge page, in bytes.
#define SMALLEST (PAGE / 8)

// GAP lies before the first plane and behind each, in bytes: vector code reads and writes past the ends.
#define GAP 256

// CHUNKS bounds how much memory a decoder takes; no codec keeps nearly as many pictures.
#define CHUNKS 64

struct wall_memory {
	AVBufferPool *pool;
	int width, height, format; // of the pictures as libavcodec asked for them
	int linesize[4];
	size_t plane[4]; // where the planes begin
	int planes;
};

// store is where the pictures of a pool lie. It lives until the last of them is given back.
typedef struct {
	size_t picture; // size of one
	size_t chunk;   // of the pieces got from the kernel
	size_t used;    // of the last piece
	int count;
	void *chunks[CHUNKS];
} store;

// map returns size bytes, a multiple of PAGE, that begin at one.
static void *map(size_t size) {
	uint8_t *p = mmap(NULL, size + PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED) {
		return NULL;
	}
	size_t before = -(uintptr_t)p % PAGE;
	if (before) {
		munmap(p, before);
	}
	munmap(p + before + size, PAGE - before);
#ifdef MADV_HUGEPAGE
	madvise(p + before, size, MADV_HUGEPAGE); // where there are none, the memory is as good
#endif
	return p + before;
}

static void keep(void *opaque, uint8_t *data) {
	(void)opaque;
	(void)data;
}

static AVBufferRef *one(void *opaque, size_t size) {
	store *s = opaque;
	if (!s->count || s->used + s->picture > s->chunk) {
		if (s->count == CHUNKS || !(s->chunks[s->count] = map(s->chunk))) {
			return NULL;
		}
		s->count++;
		s->used = 0;
	}
	AVBufferRef *ref = av_buffer_create((uint8_t *)s->chunks[s->count - 1] + s->used, size, keep, NULL, 0);
	if (ref) {
		s->used += s->picture;
	}
	return ref;
}

static void give_back(void *opaque) {
	store *s = opaque;
	for (int i = 0; i < s->count; i++) {
		munmap(s->chunks[i], s->chunk);
	}
	av_free(s);
}

// chunk_for is the size of pieces for pictures of a size: that of which least is left over, of up to four pictures more
// than fill a page.
static size_t chunk_for(size_t picture) {
	size_t best = 0, lost = 0;
	for (size_t n = 1; n <= 4; n++) {
		size_t chunk = (n * picture + PAGE - 1) / PAGE * PAGE, left = chunk % picture;
		if (!best || left * best < lost * chunk) { // left/chunk < lost/best
			best = chunk;
			lost = left;
		}
	}
	return best;
}

// lay_out lays out pictures of a frame's format and size; 0 if they are for libavcodec to lay out.
static int lay_out(wall_memory *m, AVCodecContext *codec, const AVFrame *f) {
	const AVPixFmtDescriptor *desc = av_pix_fmt_desc_get(f->format);
	int width = f->width, height = f->height, align[AV_NUM_DATA_POINTERS], unaligned;
	if (!desc || (desc->flags & (AV_PIX_FMT_FLAG_HWACCEL | AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_BITSTREAM))) {
		return 0;
	}
	avcodec_align_dimensions2(codec, &width, &height, align);
	do { // as libavcodec does: rows of all planes must be aligned, and the ratio of their lengths stays
		if (av_image_fill_linesizes(m->linesize, f->format, width) < 0) {
			return 0;
		}
		width += width & ~(width - 1);
		unaligned = 0;
		for (int i = 0; i < 4; i++) {
			unaligned |= m->linesize[i] % align[i];
		}
	} while (unaligned);
	ptrdiff_t linesize[4];
	size_t sizes[4], size = GAP;
	for (int i = 0; i < 4; i++) {
		linesize[i] = m->linesize[i];
	}
	if (av_image_fill_plane_sizes(sizes, f->format, height, linesize) < 0) {
		return 0;
	}
	for (m->planes = 0; m->planes < 4 && sizes[m->planes]; m->planes++) {
		m->plane[m->planes] = size;
		size += (sizes[m->planes] + GAP + 63) / 64 * 64;
	}
	if (size < SMALLEST) {
		return 0;
	}
	store *s = av_mallocz(sizeof(*s));
	if (!s) {
		return 0;
	}
	s->picture = size;
	s->chunk = chunk_for(size);
	m->pool = av_buffer_pool_init2(size, s, one, give_back);
	if (!m->pool) {
		av_free(s);
	}
	return m->pool != NULL;
}

static int get_buffer(AVCodecContext *codec, AVFrame *f, int flags) {
	wall_decoder *d = codec->opaque;
	wall_memory *m = d->memory;
	if (!m) {
		return avcodec_default_get_buffer2(codec, f, flags);
	}
	if (m->width != f->width || m->height != f->height || m->format != f->format) {
		av_buffer_pool_uninit(&m->pool);
		m->width = f->width;
		m->height = f->height;
		m->format = f->format;
		lay_out(m, codec, f);
	}
	if (!m->pool) {
		return avcodec_default_get_buffer2(codec, f, flags);
	}
	f->buf[0] = av_buffer_pool_get(m->pool);
	if (!f->buf[0]) {
		return AVERROR(ENOMEM);
	}
	memset(f->data, 0, sizeof(f->data));
	for (int i = 0; i < m->planes; i++) {
		f->data[i] = f->buf[0]->data + m->plane[i];
		f->linesize[i] = m->linesize[i];
	}
	f->extended_data = f->data;
	return 0;
}

int wall_get_buffer(AVCodecContext *codec, AVFrame *f, int flags) {
	wall_decoder *d = codec->opaque;
	int rc = get_buffer(codec, f, flags);
	if (rc >= 0 && d->marked) {
		wall_mark(f);
	}
	d->begun++;
	return rc;
}

int wall_memory_open(wall_decoder *d) {
	d->memory = av_mallocz(sizeof(*d->memory));
	return d->memory ? 0 : AVERROR(ENOMEM);
}

void wall_memory_close(wall_decoder *d) {
	if (d->memory) {
		av_buffer_pool_uninit(&d->memory->pool);
		av_freep(&d->memory);
	}
}
