// Package chime makes the sounds of the console: one of each severity, from tones.
package chime

import (
	"encoding/binary"
	"math"
	"time"

	"iocwall/server/world"
)

// rate is samples a second of the sounds, one channel of 16 bits.
const rate = 22050

// note is one tone of a sound: its pitch in Hz, when it begins and how long it
// rings.
type note struct {
	pitch    float64
	at, ring time.Duration
}

// tune are the tones of a severity. The more urgent, the more tones and the higher
// they lie; none is shrill, all end by themselves.
func tune(s world.Severity) []note {
	const ms = time.Millisecond
	switch s {
	case world.Critical:
		return []note{{880, 0, 260 * ms}, {659, 220 * ms, 260 * ms}, {880, 440 * ms, 260 * ms}, {659, 660 * ms, 520 * ms}}
	case world.Severe:
		return []note{{784, 0, 220 * ms}, {784, 200 * ms, 220 * ms}, {988, 400 * ms, 480 * ms}}
	case world.Warning:
		return []note{{587, 0, 240 * ms}, {784, 200 * ms, 460 * ms}}
	}
	return []note{{659, 0, 380 * ms}}
}

// loudest is the highest sample, well below the most a speaker can do.
const loudest = 0.32

// Sound returns the sound of a severity as a WAV file. The tones are made, not
// recorded: a sine with a little of its octave, swelling in 8 ms and fading out.
func Sound(s world.Severity) []byte {
	notes := tune(s)
	var length time.Duration
	for _, n := range notes {
		length = max(length, n.at+n.ring)
	}
	samples := make([]float64, int(length.Seconds()*rate)+1)
	for _, n := range notes {
		from := int(n.at.Seconds() * rate)
		count := int(n.ring.Seconds() * rate)
		for i := range count {
			t := float64(i) / rate
			swell := min(1, t/0.008)
			fade := math.Exp(-4*t/n.ring.Seconds()) * (1 - float64(i)/float64(count))
			samples[from+i] += swell * fade * (math.Sin(2*math.Pi*n.pitch*t) + 0.25*math.Sin(4*math.Pi*n.pitch*t))
		}
	}
	peak := 0.0
	for _, v := range samples {
		peak = max(peak, math.Abs(v))
	}
	data := make([]byte, 0, 2*len(samples))
	for _, v := range samples {
		data = binary.LittleEndian.AppendUint16(data, uint16(int16(math.Round(v/peak*loudest*math.MaxInt16))))
	}
	return wav(data)
}

// wav puts the header of a RIFF WAVE file with PCM samples before them. Source:
// Microsoft, "Multimedia Programming Interface and Data Specifications 1.0", 1991.
func wav(data []byte) []byte {
	le := binary.LittleEndian
	out := append(make([]byte, 0, 44+len(data)), "RIFF"...)
	out = le.AppendUint32(out, uint32(36+len(data)))
	out = append(out, "WAVEfmt "...)
	out = le.AppendUint32(out, 16)
	out = le.AppendUint16(out, 1) // PCM
	out = le.AppendUint16(out, 1) // one channel
	out = le.AppendUint32(out, rate)
	out = le.AppendUint32(out, 2*rate)
	out = le.AppendUint16(out, 2)
	out = le.AppendUint16(out, 16)
	out = append(out, "data"...)
	out = le.AppendUint32(out, uint32(len(data)))
	return append(out, data...)
}
