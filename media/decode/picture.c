#include <math.h>
#include <string.h>

#include <libavutil/imgutils.h>
#include <libavutil/pixdesc.h>

#include "internal.h"

// The constants of xxHash64, whose round this is.
#define PRIME1 0x9E3779B185EBCA87ULL
#define PRIME2 0xC2B2AE3D27D4EB4FULL

static inline uint64_t stir(uint64_t h, uint64_t v) {
	h += v * PRIME2;
	h = h << 31 | h >> 33;
	return h * PRIME1;
}

uint64_t wall_print(const AVFrame *f) {
	int bytes = av_image_get_linesize(f->format, f->width, 0);
	uint64_t h[4] = {PRIME1, PRIME2, (uint64_t)f->width, (uint64_t)f->height};
	// Codecs change blocks of four rows at the least, so every fourth row is enough to see a change, and every eighth where
	// nothing that moves is smaller; the rows are fetched ahead, since a decoded picture has mostly left the nearest caches.
	int step = f->height < 720 ? 4 : 8;
	for (int y = 0; bytes > 0 && y < f->height; y += step) {
		const uint8_t *row = f->data[0] + (ptrdiff_t)y * f->linesize[0];
		const uint8_t *ahead = y + step < f->height ? row + step * (ptrdiff_t)f->linesize[0] : row;
		int x = 0;
		for (; x + 64 <= bytes; x += 64) {
			__builtin_prefetch(ahead + x);
			uint64_t v[8];
			memcpy(v, row + x, 64);
			for (int i = 0; i < 4; i++) {
				h[i] = stir(stir(h[i], v[i]), v[i + 4]);
			}
		}
		for (; x < bytes; x += 32) {
			uint64_t v[4] = {0};
			memcpy(v, row + x, bytes - x < 32 ? bytes - x : 32);
			for (int i = 0; i < 4; i++) {
				h[i] = stir(h[i], v[i]);
			}
		}
	}
	uint64_t sum = stir(stir(stir(h[0], h[1]), h[2]), h[3]);
	sum ^= sum >> 29;
	return sum ? sum : 1;
}

// planar maps the deprecated full-range formats to their plain twins; the range is told apart.
static enum AVPixelFormat planar(const AVFrame *f, int *full) {
	*full = 1;
	switch (f->format) {
	case AV_PIX_FMT_YUVJ420P: return AV_PIX_FMT_YUV420P;
	case AV_PIX_FMT_YUVJ422P: return AV_PIX_FMT_YUV422P;
	case AV_PIX_FMT_YUVJ444P: return AV_PIX_FMT_YUV444P;
	case AV_PIX_FMT_YUVJ440P: return AV_PIX_FMT_YUV440P;
	case AV_PIX_FMT_YUVJ411P: return AV_PIX_FMT_YUV411P;
	}
	*full = f->color_range == AVCOL_RANGE_JPEG;
	return f->format;
}

// matrix picks the colour matrix. A stream that does not say is taken as BT.709 from 720 lines on, else as BT.601; a JPEG
// is BT.601 always (ITU-T T.871 §7).
static int matrix(const wall_decoder *d, const AVFrame *f) {
	switch (f->colorspace) {
	case AVCOL_SPC_BT709: return SWS_CS_ITU709;
	case AVCOL_SPC_BT470BG:
	case AVCOL_SPC_SMPTE170M: return SWS_CS_ITU601;
	case AVCOL_SPC_FCC: return SWS_CS_FCC;
	case AVCOL_SPC_SMPTE240M: return SWS_CS_SMPTE240M;
	case AVCOL_SPC_BT2020_NCL:
	case AVCOL_SPC_BT2020_CL: return SWS_CS_BT2020;
	default: return f->height >= 720 && d->codec->codec_id != AV_CODEC_ID_MJPEG ? SWS_CS_ITU709 : SWS_CS_ITU601;
	}
}

// edge is the border of chroma samples nearest to a fraction of a side, the same for both parts that meet there.
static int edge(double at, int side, int shift) {
	int v = (int)lround(ldexp(at * side, -shift)) << shift;
	return v > side ? side : v;
}

// span cuts [from, to) out of a side; it holds one sample of chroma at least.
static void span(double from, double to, int side, int shift, int *at, int *len) {
	int a = edge(from, side, shift), b = edge(to, side, shift), cell = 1 << shift;
	if (to >= 1) {
		b = side;
	}
	if (a >= side) {
		a = (side - 1) >> shift << shift;
	}
	if (b <= a) {
		b = a + cell < side ? a + cell : side;
	}
	*at = a;
	*len = b - a;
}

int wall_prepare(wall_decoder *d, const double part[4], int width, int height, int yuv, wall_plan *plan) {
	const AVFrame *f = d->newest;
	memset(plan, 0, sizeof(*plan));
	if (!f->data[0] || width <= 0 || height <= 0) {
		return AVERROR(EINVAL);
	}
	const AVPixFmtDescriptor *desc = av_pix_fmt_desc_get(f->format);
	if (!desc) {
		return AVERROR(EINVAL);
	}
	span(part[0], part[2], f->width, desc->log2_chroma_w, &plan->x, &plan->w);
	span(part[1], part[3], f->height, desc->log2_chroma_h, &plan->y, &plan->h);
	plan->width = width;
	plan->height = height;
	if (!yuv) {
		return 0;
	}
	// A shader scales for nothing, but what is much larger than the view would look rough and cost the bus.
	if (plan->w <= width + width / 4) {
		plan->width = plan->w;
	}
	if (plan->h <= height + height / 4) {
		plan->height = plan->h;
	}
	planar(f, &plan->full);
	plan->matrix = matrix(d, f) == SWS_CS_ITU601 ? 601 : 709;
	if (desc->flags & AV_PIX_FMT_FLAG_RGB) {
		plan->matrix = 709;
		plan->full = 0;
	}
	return 0;
}

// fit tells whether a scaler does the job.
static int fit(const scaler *a, const scaler *b) {
	return a->context && a->w == b->w && a->h == b->h && a->format == b->format && a->width == b->width &&
		a->height == b->height && a->to == b->to && a->from_matrix == b->from_matrix && a->to_matrix == b->to_matrix &&
		a->full == b->full;
}

// find returns a scaler for the job, NULL if there can be none. The one used longest ago makes room.
static struct SwsContext *find(wall_decoder *d, scaler want) {
	scaler *s = &d->scalers[0];
	for (int i = 0; i < WALL_SCALERS; i++) {
		if (fit(&d->scalers[i], &want)) {
			d->scalers[i].used = ++d->uses;
			return d->scalers[i].context;
		}
		if (d->scalers[i].used < s->used) {
			s = &d->scalers[i];
		}
	}
	sws_freeContext(s->context);
	*s = want;
	s->used = ++d->uses;
	s->context = sws_getContext(want.w, want.h, want.format, want.width, want.height, want.to, SWS_FAST_BILINEAR,
		NULL, NULL, NULL);
	if (s->context) {
		sws_setColorspaceDetails(s->context, sws_getCoefficients(want.from_matrix), want.full,
			sws_getCoefficients(want.to_matrix), want.to == AV_PIX_FMT_RGBA ? 1 : want.full, 0, 1 << 16, 1 << 16);
	}
	return s->context;
}

// cut points at the planned part of the picture.
static int cut(const AVFrame *f, const wall_plan *plan, const uint8_t *data[4]) {
	const AVPixFmtDescriptor *desc = av_pix_fmt_desc_get(f->format);
	for (int p = 0; p < 4; p++) {
		data[p] = f->data[p];
	}
	if (plan->x == 0 && plan->y == 0) {
		return 0;
	}
	if (desc->flags & (AV_PIX_FMT_FLAG_BITSTREAM | AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_HWACCEL)) {
		return AVERROR(ENOSYS);
	}
	int done[4] = {0};
	for (int i = 0; i < desc->nb_components; i++) {
		int p = desc->comp[i].plane;
		if (done[p] || !f->data[p]) {
			continue;
		}
		done[p] = 1;
		int chroma = (i == 1 || i == 2) && !(desc->flags & AV_PIX_FMT_FLAG_RGB);
		int x = plan->x >> (chroma ? desc->log2_chroma_w : 0), y = plan->y >> (chroma ? desc->log2_chroma_h : 0);
		data[p] += (ptrdiff_t)y * f->linesize[p] + (ptrdiff_t)x * desc->comp[i].step;
	}
	return 0;
}

// convert makes the planned picture in a format.
static int convert(wall_decoder *d, const wall_plan *plan, enum AVPixelFormat to, int to_matrix,
	uint8_t *const planes[4], const int strides[4]) {
	AVFrame *f = d->newest;
	const uint8_t *data[4];
	int rc = cut(f, plan, data);
	if (rc < 0) {
		return rc;
	}
	scaler want = {.w = plan->w, .h = plan->h, .width = plan->width, .height = plan->height, .to = to};
	want.format = planar(f, &want.full);
	want.from_matrix = matrix(d, f);
	want.to_matrix = to_matrix;
	struct SwsContext *context = find(d, want);
	if (!context) {
		return AVERROR(EINVAL);
	}
	int rows = sws_scale(context, data, f->linesize, 0, plan->h, planes, strides);
	return rows == plan->height ? 0 : AVERROR(EINVAL);
}

// scratch returns memory that lives until the next call.
static uint8_t *scratch(wall_decoder *d, size_t size) {
	av_fast_malloc(&d->scratch, &d->scratch_size, size + WALL_SLACK);
	return d->scratch;
}

// colour turns planes of 4:2:0 into RGBA of the same size, an even number of rows. The vector code writes whole groups of
// eight pixels, or leaves the last group out where the row has no room for it.
static int colour(wall_decoder *d, scaler want, const uint8_t *const data[4], const int linesize[4], uint8_t *dst,
	int stride) {
	want.width = want.w;
	want.height = want.h;
	want.to = AV_PIX_FMT_RGBA;
	want.to_matrix = SWS_CS_DEFAULT;
	struct SwsContext *context = find(d, want);
	if (!context) {
		return AVERROR(EINVAL);
	}
	uint8_t *planes[4] = {dst, NULL, NULL, NULL};
	int strides[4] = {stride, 0, 0, 0};
	return sws_scale(context, data, linesize, 0, want.h, planes, strides) == want.h ? 0 : AVERROR(EINVAL);
}

// rgba_by_planes scales to planes of 4:2:0 first and adds the colours at the end: libswscale has fast code for both, but
// none for scaling to RGBA at once.
static int rgba_by_planes(wall_decoder *d, const wall_plan *plan, uint8_t *dst) {
	int width = plan->width, height = plan->height;
	int even = (height + 1) / 2 * 2, luma = (width + 31) / 32 * 32, chroma = luma / 2;
	int wide = (width + 7) / 8 * 8, direct = wide == width && even == height;
	size_t ny = (size_t)luma * even + WALL_SLACK, nc = (size_t)chroma * (even / 2) + WALL_SLACK;
	uint8_t *mem = scratch(d, ny + 2 * nc + (direct ? 0 : (size_t)4 * wide * even));
	if (!mem) {
		return AVERROR(ENOMEM);
	}
	scaler want = {.w = width, .h = even, .format = AV_PIX_FMT_YUV420P};
	planar(d->newest, &want.full);
	want.from_matrix = matrix(d, d->newest);
	uint8_t *planes[4] = {mem, mem + ny, mem + ny + nc, NULL};
	int strides[4] = {luma, chroma, chroma, 0};
	int rc = convert(d, plan, AV_PIX_FMT_YUV420P, want.from_matrix, planes, strides);
	if (rc < 0) {
		return rc;
	}
	if (direct) {
		return colour(d, want, (const uint8_t *const *)planes, strides, dst, 4 * width);
	}
	uint8_t *rows = mem + ny + 2 * nc;
	want.w = wide;
	rc = colour(d, want, (const uint8_t *const *)planes, strides, rows, 4 * wide);
	if (rc >= 0) {
		av_image_copy_plane(dst, 4 * width, rows, 4 * wide, 4 * width, height);
	}
	return rc;
}

int wall_rgba(wall_decoder *d, const wall_plan *plan, uint8_t *dst) {
	const AVFrame *f = d->newest;
	const AVPixFmtDescriptor *desc = av_pix_fmt_desc_get(f->format);
	int full, scaled = plan->width != plan->w || plan->height != plan->h;
	int awkward = planar(f, &full) == AV_PIX_FMT_YUV420P && (plan->width % 8 || plan->height % 2);
	if (desc->nb_components >= 3 && !(desc->flags & AV_PIX_FMT_FLAG_RGB) && (scaled || awkward)) {
		return rgba_by_planes(d, plan, dst);
	}
	uint8_t *planes[4] = {dst, NULL, NULL, NULL};
	int strides[4] = {4 * plan->width, 0, 0, 0};
	return convert(d, plan, AV_PIX_FMT_RGBA, SWS_CS_DEFAULT, planes, strides);
}

// padded is a row's length in whole groups of four samples.
static int padded(int samples) { return (samples + 3) / 4 * 4; }

int wall_yuv(wall_decoder *d, const wall_plan *plan, uint8_t *dst, int u, int v) {
	uint8_t *planes[3] = {dst, dst + u, dst + v};
	const AVFrame *f = d->newest;
	int chroma = (plan->width + 1) / 2;
	int widths[3] = {plan->width, chroma, chroma};
	int rows[3] = {plan->height, (plan->height + 1) / 2, (plan->height + 1) / 2};
	int full, plain = planar(f, &full) == AV_PIX_FMT_YUV420P && plan->width == plan->w && plan->height == plan->h;
	int from = matrix(d, f);
	if (plain && (from == SWS_CS_ITU601 || from == SWS_CS_ITU709)) {
		const uint8_t *data[4];
		int rc = cut(f, plan, data);
		if (rc < 0) {
			return rc;
		}
		for (int p = 0; p < 3; p++) {
			av_image_copy_plane(planes[p], padded(widths[p]), data[p], f->linesize[p], widths[p], rows[p]);
		}
	} else {
		uint8_t *to[4] = {planes[0], planes[1], planes[2], NULL};
		int strides[4] = {padded(widths[0]), padded(widths[1]), padded(widths[2]), 0};
		int rc = convert(d, plan, AV_PIX_FMT_YUV420P, plan->matrix == 601 ? SWS_CS_ITU601 : SWS_CS_ITU709, to, strides);
		if (rc < 0) {
			return rc;
		}
	}
	for (int p = 0; p < 3; p++) {
		int stride = padded(widths[p]);
		for (int y = 0; y < rows[p] && stride > widths[p]; y++) {
			uint8_t *end = planes[p] + (ptrdiff_t)y * stride + widths[p];
			memset(end, end[-1], stride - widths[p]);
		}
	}
	return 0;
}

void wall_free_scalers(wall_decoder *d) {
	for (int i = 0; i < WALL_SCALERS; i++) {
		sws_freeContext(d->scalers[i].context);
	}
	av_freep(&d->scratch);
}
