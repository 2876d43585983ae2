package raster

import (
	"cmp"
	"encoding/binary"
	"math"
	"slices"
	"unsafe"
)

// program is a sprite made ready to be laid over pictures of one stride: all
// its pixels that are not clear, in three lists, with the steps from one to the
// next in pixels of the picture. Pixels of one coverage are laid over two at a
// time, wherever they are. A few loops over the whole sprite in place of some
// for each of its rows are several times faster, since the processor foresees
// the end of a loop only when it is far away. What they read is small and lies
// together: a crowded map has more symbols than the processor's caches hold.
type program struct {
	stride int // of the picture in bytes; 0 before the first
	last   int // bytes from the first to behind the last pixel of the sprite's box
	code   []uint64
	keep   uint64 // what remains of the picture under the quads, of 256
	// How many there are of each kind. In code they follow each other: first the
	// colours of all, two words for a quad, one for twins and half a one for a
	// single, then the steps, two for twins, then what remains of the picture
	// under twins and singles, of 256.
	quads, twins, singles int
}

// dab is a pixel of a sprite that is not clear, and its twin.
type dab struct {
	at, twinAt  int // in pixels of the picture from the sprite's top left corner
	color, twin uint32
	quad        [2]uint64
	used        bool // it has become a twin
}

// keepOf returns what a pixel with coverage a of 255 leaves of the picture, of 256.
func keepOf(a uint32) uint32 { return 256 - a - a>>7 }

// commonCover returns the coverage that most pixels have, clear ones not counted.
func (s *Sprite) commonCover() uint32 {
	var count [256]int
	for i := 3; i < len(s.pix); i += 4 {
		count[s.pix[i]]++
	}
	best := 255
	for a := 254; a > 0; a-- {
		if count[a] > count[best] {
			best = a
		}
	}
	return uint32(best)
}

// compile makes the sprite's program for a stride. It has no last where there can
// be none, because steps are too long for it.
func (s *Sprite) compile(stride int) program {
	if stride%4 != 0 {
		return program{stride: stride}
	}
	common := s.commonCover()
	var quads, twins, singles []dab
	var waiting [256]int // index + 1 in singles of the pixel that waits for its twin
	for y := range s.h {
		row := s.pix[y*s.w*4 : (y+1)*s.w*4]
		for x := int(s.rows[y].lo); x < int(s.rows[y].hi); x++ {
			d := dab{at: y*stride/4 + x, color: binary.LittleEndian.Uint32(row[x*4:])}
			a := d.color >> 24
			switch w := waiting[a]; {
			case a == 0:
			case a == common && isQuad(row[x*4:], common):
				d.quad = [2]uint64{binary.LittleEndian.Uint64(row[x*4:]), binary.LittleEndian.Uint64(row[x*4+8:])}
				quads = append(quads, d)
				x += 3
			case w > 0 && d.at-singles[w-1].at <= math.MaxUint16:
				first := &singles[w-1]
				first.used, waiting[a] = true, 0
				twins = append(twins, dab{at: first.at, color: first.color, twin: d.color, twinAt: d.at})
			default:
				singles = append(singles, d)
				waiting[a] = len(singles)
			}
		}
	}
	singles = slices.DeleteFunc(singles, func(d dab) bool { return d.used })
	slices.SortFunc(twins, func(a, b dab) int { return cmp.Compare(a.at, b.at) })
	p := program{stride: stride, last: (s.h-1)*stride + s.w*4, keep: uint64(keepOf(common))}
	p.quads, p.twins, p.singles = len(quads), len(twins), len(singles)
	p.code = make([]uint64, (p.size()+7)/8)
	if !p.fill(quads, twins, singles) {
		return program{stride: stride}
	}
	return p
}

// isQuad reports whether a row begins with four pixels of a coverage.
func isQuad(row []byte, a uint32) bool {
	return len(row) >= 16 && uint32(row[3]) == a && uint32(row[7]) == a && uint32(row[11]) == a && uint32(row[15]) == a
}

// size returns the bytes of the code.
func (p *program) size() int { return p.quads*(16+2) + p.twins*(8+4+1) + p.singles*(4+2+1) }

// lists returns the parts of the code.
func (p *program) lists() (
	quads [][2]uint64, twins []uint64, singles []uint32,
	quadSteps []uint16, twinSteps [][2]uint16, singleSteps []uint16,
	twinKeeps, singleKeeps []uint8,
) {
	// The pointers stay inside code, whose length is that of size. Longer words
	// come first, so that all are aligned.
	at := unsafe.Pointer(unsafe.SliceData(p.code))
	quads = unsafe.Slice((*[2]uint64)(at), p.quads)
	at = unsafe.Add(at, 16*p.quads)
	twins = unsafe.Slice((*uint64)(at), p.twins)
	at = unsafe.Add(at, 8*p.twins)
	singles = unsafe.Slice((*uint32)(at), p.singles)
	at = unsafe.Add(at, 4*p.singles)
	quadSteps = unsafe.Slice((*uint16)(at), p.quads)
	at = unsafe.Add(at, 2*p.quads)
	twinSteps = unsafe.Slice((*[2]uint16)(at), p.twins)
	at = unsafe.Add(at, 4*p.twins)
	singleSteps = unsafe.Slice((*uint16)(at), p.singles)
	at = unsafe.Add(at, 2*p.singles)
	twinKeeps = unsafe.Slice((*uint8)(at), p.twins)
	at = unsafe.Add(at, p.twins)
	singleKeeps = unsafe.Slice((*uint8)(at), p.singles)
	return
}

func (p *program) fill(q, t, s []dab) bool {
	quads, twins, singles, quadSteps, twinSteps, singleSteps, twinKeeps, singleKeeps := p.lists()
	ok := true
	step := func(from, to int) uint16 {
		ok = ok && to-from <= math.MaxUint16
		return uint16(to - from)
	}
	at := 0
	for i, d := range q {
		quads[i], quadSteps[i] = d.quad, step(at, d.at)
		at = d.at
	}
	at = 0
	for i, d := range t {
		twins[i], twinKeeps[i] = uint64(d.color)|uint64(d.twin)<<32, uint8(keepOf(d.color>>24))
		twinSteps[i] = [2]uint16{step(at, d.at), step(d.at, d.twinAt)}
		at = d.at
	}
	at = 0
	for i, d := range s {
		singles[i], singleKeeps[i], singleSteps[i] = d.color, uint8(keepOf(d.color>>24)), step(at, d.at)
		at = d.at
	}
	return ok
}

const (
	lanes     = 0x00ff00ff00ff00ff
	highLanes = 0xff00ff00ff00ff00
)

// run lays the sprite over a picture with its top left corner at the first byte
// of dst. The caller has made sure that the sprite's box lies in the picture.
func (p *program) run(dst []byte) {
	// The steps never lead beyond last, see compile.
	at := unsafe.Pointer(&dst[:p.last][0])
	quads, twins, singles, quadSteps, twinSteps, singleSteps, twinKeeps, singleKeeps := p.lists()
	laySingles(at, singles, singleSteps, singleKeeps)
	layTwins(at, twins, twinSteps, twinKeeps)
	if p.keep == 0 {
		copyQuads(at, quads, quadSteps)
		return
	}
	layQuads(at, quads, quadSteps, p.keep)
}

// Each of the loops has a function of its own, so that all it needs stays in registers.

func laySingles(at unsafe.Pointer, colors []uint32, steps []uint16, keeps []uint8) {
	steps, keeps = steps[:len(colors)], keeps[:len(colors)]
	for i, src := range colors {
		at = unsafe.Add(at, int(steps[i])*4)
		d, keep := *(*uint32)(at), uint32(keeps[i])
		rb := (d & 0x00ff00ff) * keep >> 8 & 0x00ff00ff
		ga := (d >> 8 & 0x00ff00ff) * keep & 0xff00ff00
		*(*uint32)(at) = src + (rb | ga)
	}
}

func layTwins(at unsafe.Pointer, colors []uint64, steps [][2]uint16, keeps []uint8) {
	steps, keeps = steps[:len(colors)], keeps[:len(colors)]
	for i, src := range colors {
		at = unsafe.Add(at, int(steps[i][0])*4)
		twin := unsafe.Add(at, int(steps[i][1])*4)
		d, keep := uint64(*(*uint32)(at))|uint64(*(*uint32)(twin))<<32, uint64(keeps[i])
		rb := (d & lanes) * keep >> 8 & lanes
		ga := (d >> 8 & lanes) * keep & highLanes
		d = src + (rb | ga)
		*(*uint32)(at) = uint32(d)
		*(*uint32)(twin) = uint32(d >> 32)
	}
}

func layQuads(at unsafe.Pointer, colors [][2]uint64, steps []uint16, keep uint64) {
	steps = steps[:len(colors)]
	for i := range colors {
		at = unsafe.Add(at, int(steps[i])*4)
		d := *(*uint64)(at)
		rb := (d & lanes) * keep >> 8 & lanes
		ga := (d >> 8 & lanes) * keep & highLanes
		*(*uint64)(at) = colors[i][0] + (rb | ga)
		d = *(*uint64)(unsafe.Add(at, 8))
		rb = (d & lanes) * keep >> 8 & lanes
		ga = (d >> 8 & lanes) * keep & highLanes
		*(*uint64)(unsafe.Add(at, 8)) = colors[i][1] + (rb | ga)
	}
}

func copyQuads(at unsafe.Pointer, colors [][2]uint64, steps []uint16) {
	steps = steps[:len(colors)]
	for i := range colors {
		at = unsafe.Add(at, int(steps[i])*4)
		*(*[2]uint64)(at) = colors[i]
	}
}
