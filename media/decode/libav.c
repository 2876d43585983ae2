#include <libavutil/pixdesc.h>

#include "internal.h"

#if AV_INPUT_BUFFER_PADDING_SIZE > WALL_PADDING
#error "WALL_PADDING is smaller than libavcodec wants"
#endif

// MAX_PIXELS bounds what a broken or hostile stream can make us allocate: 8K UHD.
#define MAX_PIXELS (8192LL * 4352LL)

static enum AVCodecID codec_id(int codec) {
	switch (codec) {
	case WALL_H265: return AV_CODEC_ID_HEVC;
	case WALL_MJPEG: return AV_CODEC_ID_MJPEG;
	default: return AV_CODEC_ID_H264;
	}
}

// hardware_format returns the pixel format in which the device decodes the codec, AV_PIX_FMT_NONE if it does not.
static enum AVPixelFormat hardware_format(const AVCodec *codec, enum AVHWDeviceType type) {
	for (int i = 0;; i++) {
		const AVCodecHWConfig *config = avcodec_get_hw_config(codec, i);
		if (!config) {
			return AV_PIX_FMT_NONE;
		}
		if (config->device_type == type && (config->methods & AV_CODEC_HW_CONFIG_METHOD_HW_DEVICE_CTX)) {
			return config->pix_fmt;
		}
	}
}

// choose insists on the device: without it libavcodec would go on in software and nobody would know.
static enum AVPixelFormat choose(AVCodecContext *codec, const enum AVPixelFormat *formats) {
	wall_decoder *d = codec->opaque;
	for (; *formats != AV_PIX_FMT_NONE; formats++) {
		if (*formats == d->hardware) {
			return *formats;
		}
	}
	d->refused = 1;
	return AV_PIX_FMT_NONE;
}

// use_device makes the decoder decode on the device.
static int use_device(wall_decoder *d, const AVCodec *codec, wall_device *device) {
	d->hardware = hardware_format(codec, device->type);
	if (d->hardware == AV_PIX_FMT_NONE) {
		return WALL_NO_CONFIG;
	}
	d->codec->hw_device_ctx = av_buffer_ref(device->context);
	d->host = av_frame_alloc();
	if (!d->codec->hw_device_ctx || !d->host) {
		return AVERROR(ENOMEM);
	}
	d->codec->get_format = choose;
	return 0;
}

static int set_up(wall_decoder *d, const AVCodec *codec, const uint8_t *extra, int extra_len, wall_device *device) {
	d->hardware = AV_PIX_FMT_NONE;
	d->codec = avcodec_alloc_context3(codec);
	d->packet = av_packet_alloc();
	d->next = av_frame_alloc();
	d->newest = av_frame_alloc();
	if (!d->codec || !d->packet || !d->next || !d->newest) {
		return AVERROR(ENOMEM);
	}
	// Frame threads would add a frame of delay each, so a camera is decoded on one thread.
	d->codec->thread_count = 1;
	d->codec->flags |= AV_CODEC_FLAG_LOW_DELAY;
	d->codec->flags &= ~AV_CODEC_FLAG_OUTPUT_CORRUPT;
	d->codec->max_pixels = MAX_PIXELS;
	d->codec->opaque = d;
	d->codec->get_buffer2 = wall_get_buffer;
	d->codec->export_side_data |= AV_CODEC_EXPORT_DATA_FILM_GRAIN; // else it takes a picture of its own
	if (codec->id == AV_CODEC_ID_MJPEG) {
		// Without these a JPEG that was cut short comes out with its lower part grey, and nothing tells.
		d->codec->err_recognition |= AV_EF_EXPLODE | AV_EF_BITSTREAM | AV_EF_BUFFER;
	}
	if (extra_len > 0) {
		d->codec->extradata = av_mallocz(extra_len + AV_INPUT_BUFFER_PADDING_SIZE);
		if (!d->codec->extradata) {
			return AVERROR(ENOMEM);
		}
		memcpy(d->codec->extradata, extra, extra_len);
		d->codec->extradata_size = extra_len;
	}
	if (codec->id == AV_CODEC_ID_HEVC && !device) {
		d->marked = 1;
		d->codec->apply_cropping = 0; // see whole
	}
	int rc = device ? use_device(d, codec, device) : wall_memory_open(d);
	if (rc < 0) {
		return rc;
	}
	return avcodec_open2(d->codec, codec, NULL);
}

int wall_open(wall_decoder **out, int codec, const uint8_t *extra, int extra_len, wall_device *device) {
	*out = NULL;
	// What the library says goes to the process's standard error, without the camera's name: errors are returned instead.
	av_log_set_level(AV_LOG_QUIET);
	const AVCodec *c = avcodec_find_decoder(codec_id(codec));
	if (!c) {
		return AVERROR_DECODER_NOT_FOUND;
	}
	wall_decoder *d = av_mallocz(sizeof(*d));
	if (!d) {
		return AVERROR(ENOMEM);
	}
	int rc = set_up(d, c, extra, extra_len, device);
	if (rc < 0) {
		wall_close(d);
		// Some cameras describe themselves wrongly but send good parameter sets in-band.
		return extra_len > 0 ? wall_open(out, codec, NULL, 0, device) : rc;
	}
	*out = d;
	return 0;
}

// whole reports whether a picture was decoded all over, as far as that is known, and crops it, which libavcodec leaves to
// us where pictures are marked.
static int whole(const wall_decoder *d, AVFrame *f) {
	if (f->decode_error_flags || (f->flags & AV_FRAME_FLAG_CORRUPT)) {
		return 0;
	}
	return !d->marked || (wall_covered(f) && av_frame_apply_cropping(f, 0) >= 0);
}

// receive drains the decoder into newest. It returns how many whole pictures came out, or a negative code; *fault is set
// when another one came out too, or all of them are made from pictures that were made up.
static int receive(wall_decoder *d, int begins, int *fault) {
	int count = 0;
	for (;;) {
		int rc = avcodec_receive_frame(d->codec, d->next);
		if (rc == AVERROR(EAGAIN) || rc == AVERROR_EOF) {
			return count;
		}
		if (rc < 0) {
			return rc;
		}
		if (d->begun > begins) {
			*fault = WALL_MISSING;
		} else if (!whole(d, d->next)) {
			*fault = WALL_CORRUPT;
		}
		if (*fault) {
			av_frame_unref(d->next);
			continue;
		}
		av_frame_unref(d->newest);
		av_frame_move_ref(d->newest, d->next);
		count++;
	}
}

// fetch brings the newest picture from the device into main memory.
static int fetch(wall_decoder *d) {
	if (d->hardware == AV_PIX_FMT_NONE) {
		return 0;
	}
	if (d->newest->format != d->hardware) {
		return WALL_NO_FORMAT;
	}
	int rc = av_hwframe_transfer_data(d->host, d->newest, 0);
	if (rc >= 0) {
		rc = av_frame_copy_props(d->host, d->newest);
	}
	av_frame_unref(d->newest);
	if (rc < 0) {
		av_frame_unref(d->host);
		return rc;
	}
	av_frame_move_ref(d->newest, d->host);
	return 0;
}

int wall_decode(wall_decoder *d, AVBufferRef **unit, int len, int64_t pts, int begins, wall_picture *out) {
	memset(out, 0, sizeof(*out));
	d->packet->buf = *unit;
	*unit = NULL;
	d->packet->data = d->packet->buf->data;
	d->packet->size = len;
	d->packet->pts = pts;
	d->packet->dts = AV_NOPTS_VALUE;
	int fault = 0;
	d->begun = 0;
	int rc = avcodec_send_packet(d->codec, d->packet);
	av_packet_unref(d->packet);
	int count = receive(d, begins, &fault);
	if (d->begun > begins) {
		fault = WALL_MISSING; // also when the picture comes out later
	}
	if (rc >= 0 && count < 0) {
		rc = count;
	}
	if (rc >= 0 && count > 0) {
		rc = fetch(d);
	}
	if (rc < 0) {
		return d->refused ? WALL_NO_FORMAT : rc;
	}
	if (fault) {
		return fault;
	}
	out->count = count;
	if (count > 0) {
		out->width = d->newest->width;
		out->height = d->newest->height;
		out->pts = d->newest->pts;
		out->print = wall_print(d->newest);
	}
	return 0;
}

void wall_flush(wall_decoder *d) { avcodec_flush_buffers(d->codec); }

void wall_close(wall_decoder *d) {
	if (!d) {
		return;
	}
	wall_free_scalers(d);
	av_frame_free(&d->host);
	av_frame_free(&d->newest);
	av_frame_free(&d->next);
	av_packet_free(&d->packet);
	avcodec_free_context(&d->codec);
	wall_memory_close(d);
	av_free(d);
}

int wall_device_open(wall_device **out, const char *type, const char *path) {
	*out = NULL;
	av_log_set_level(AV_LOG_QUIET);
	enum AVHWDeviceType t = av_hwdevice_find_type_by_name(type);
	if (t == AV_HWDEVICE_TYPE_NONE) {
		return WALL_NO_TYPE;
	}
	AVBufferRef *context = NULL;
	int rc = av_hwdevice_ctx_create(&context, t, path, NULL, 0);
	if (rc < 0) {
		return rc;
	}
	wall_device *device = av_mallocz(sizeof(*device));
	if (!device) {
		av_buffer_unref(&context);
		return AVERROR(ENOMEM);
	}
	device->context = context;
	device->type = t;
	*out = device;
	return 0;
}

void wall_device_close(wall_device *device) {
	if (device) {
		av_buffer_unref(&device->context);
		av_free(device);
	}
}

void wall_error(int code, char *buf, int len) { av_strerror(code, buf, len); }
