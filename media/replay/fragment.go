package replay

import (
	"encoding/binary"

	"iocwall/media/rtsp"
)

// Sizes of the parts of a fragment of one track, in bytes: up to the table of its samples, and a line of that.
const (
	moofHead = 8 + 16 + 8 + 16 + 20 + 20
	moofLine = 16
)

// notSync flags a sample where decoding cannot start (ISO/IEC 14496-12, 8.8.3.1).
const notSync = 1 << 16

// appendFragment appends a movie fragment and its samples: moof with mfhd and one traf of tfhd, tfdt and trun, then mdat
// (ISO/IEC 14496-12, 8.8.4 to 8.8.8 and 8.1.1).
func appendFragment(b []byte, codec rtsp.Codec, number uint32, samples []sample) []byte {
	be, n := binary.BigEndian, len(samples)
	moof := moofHead + n*moofLine
	b = append(be.AppendUint32(b, uint32(moof)), "moof\x00\x00\x00\x10mfhd\x00\x00\x00\x00"...)
	b = be.AppendUint32(b, number)
	b = append(be.AppendUint32(b, uint32(moof-8-16)), "traf\x00\x00\x00\x10tfhd\x00\x02\x00\x00"...) // offsets count from moof
	b = append(be.AppendUint32(b, trackID), "\x00\x00\x00\x14tfdt\x01\x00\x00\x00"...)
	b = be.AppendUint64(b, uint64(samples[0].dts))
	// The table gives each sample's length in time, size, flags and signed offset of presentation.
	b = append(be.AppendUint32(b, uint32(20+n*moofLine)), "trun\x01\x00\x0f\x01"...)
	b = be.AppendUint32(be.AppendUint32(b, uint32(n)), uint32(moof+8))
	data := 8
	for i := range samples {
		s := &samples[i]
		size, flags := payloadSize(codec, s.unit), uint32(notSync)
		if s.unit.Key {
			flags = 0
		}
		b = be.AppendUint32(b, uint32(min(s.length, 1<<32-1)))
		b = be.AppendUint32(be.AppendUint32(b, uint32(size)), flags)
		b = be.AppendUint32(b, uint32(int32(s.pts-s.dts)))
		data += size
	}
	b = append(be.AppendUint32(b, uint32(data)), "mdat"...)
	for i := range samples {
		b = appendPayload(b, codec, samples[i].unit)
	}
	return b
}

// appendPayload appends the NAL units of a sample, each after its length (ISO/IEC 14496-15, 5.3.4.2); a JPEG stays as it
// is.
func appendPayload(b []byte, codec rtsp.Codec, u rtsp.Unit) []byte {
	if codec == rtsp.MJPEG {
		return append(b, u.NALUs[0]...)
	}
	for _, n := range u.NALUs {
		b = append(binary.BigEndian.AppendUint32(b, uint32(len(n))), n...)
	}
	return b
}

func payloadSize(codec rtsp.Codec, u rtsp.Unit) int {
	if codec == rtsp.MJPEG {
		return len(u.NALUs[0])
	}
	size := 4 * len(u.NALUs)
	for _, n := range u.NALUs {
		size += len(n)
	}
	return size
}
