#include <string.h>

#include "internal.h"

// libavcodec does not tell when slices of H.265 leave parts of a picture undecoded: what lay in the memory is seen there.
// So memory is marked before it is decoded into, and where a mark is left nothing was decoded. Slices are rows of coding
// tree blocks of 16 to 64 samples a side, and what is missing goes on to the next slice or the end: marks as far apart as
// the largest across, as the smallest down, leave nothing of more than 63×16 samples out.

#define ACROSS 64
#define DOWN 16

// MARK is what no decoder makes of a camera's picture: black and white in turn. Pictures are at least as wide.
static const uint64_t MARK = 0x00ff02fe01ff00feULL;

void wall_mark(AVFrame *f) {
	for (int y = 0; y < f->height; y += DOWN) {
		uint8_t *row = f->data[0] + (ptrdiff_t)y * f->linesize[0];
		for (int x = 0; x < f->width; x += ACROSS) {
			memcpy(row + x, &MARK, sizeof(MARK));
		}
	}
}

int wall_covered(const AVFrame *f) {
	for (int y = 0; y < f->height; y += DOWN) {
		const uint8_t *row = f->data[0] + (ptrdiff_t)y * f->linesize[0];
		for (int x = 0; x < f->width; x += ACROSS) {
			uint64_t left;
			memcpy(&left, row + x, sizeof(left));
			if (left == MARK) {
				return 0;
			}
		}
	}
	return 1;
}
