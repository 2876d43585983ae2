#include <string.h>

#include <libavutil/pixdesc.h>

#include "internal.h"

// libavcodec does not tell when slices of H.265 leave parts of a picture undecoded: what lay in the memory is seen there.
// So memory is marked before it is decoded into, and where a mark is left nothing was decoded. Slices are rows of coding
// tree blocks of 16 to 64 samples a side, and what is missing goes on to the next slice or the end: marks as far apart as
// the largest across, as the smallest down, leave nothing of more than 63×16 samples out.

#define ACROSS 64
#define DOWN 16

// MARK is what no decoder makes of a camera's picture: black and white in turn, or samples of two bytes that have more bits
// than any picture. Pictures are at least as wide.
static const uint64_t MARK = 0xfe02ff01fe00ff00ULL;

// across returns how far apart marks are in a row, in bytes.
static int across(const AVFrame *f) {
	const AVPixFmtDescriptor *desc = av_pix_fmt_desc_get(f->format);
	return desc && desc->comp[0].depth > 8 ? 2 * ACROSS : ACROSS;
}

void wall_mark(AVFrame *f) {
	int step = across(f), end = f->width * (step / ACROSS);
	for (int y = 0; y < f->height; y += DOWN) {
		uint8_t *row = f->data[0] + (ptrdiff_t)y * f->linesize[0];
		for (int x = 0; x < end; x += step) {
			memcpy(row + x, &MARK, sizeof(MARK));
		}
	}
}

int wall_covered(const AVFrame *f) {
	int step = across(f), end = f->width * (step / ACROSS);
	for (int y = 0; y < f->height; y += DOWN) {
		const uint8_t *row = f->data[0] + (ptrdiff_t)y * f->linesize[0];
		for (int x = 0; x < end; x += step) {
			uint64_t left;
			memcpy(&left, row + x, sizeof(left));
			if (left == MARK) {
				return 0;
			}
		}
	}
	return 1;
}
