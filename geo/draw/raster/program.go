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
// the end of a loop only when it is far away. What they read is one piece, from
// its begin to its end: a crowded map has more symbols than the processor's
// caches hold.
type program struct {
	code []uint64 // singles, then twins, then quads
	// A single is one word: color, step << 32, keep << 48. Twins are two words:
	// both colours; step, step from one to the other << 16, keep << 32. A quad is
	// three words: four colours in two, and the step. What is kept of the picture
	// under them is of 256.
	singles, twins int32
	keep           uint32 // what remains of the picture under the quads, of 256
	stride         int32  // of the picture in bytes; 0 before the first
	last           int    // bytes from the first to behind the last pixel of the sprite's box
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
	if stride%4 != 0 || stride > math.MaxInt32 {
		return program{stride: int32(stride)}
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
	p := program{stride: int32(stride), keep: keepOf(common), singles: int32(len(singles)), twins: int32(len(twins))}
	if !p.write(quads, twins, singles) {
		return program{stride: int32(stride)}
	}
	p.last = (s.h-1)*stride + s.w*4
	return p
}

// isQuad reports whether a row begins with four pixels of a coverage.
func isQuad(row []byte, a uint32) bool {
	return len(row) >= 16 && uint32(row[3]) == a && uint32(row[7]) == a && uint32(row[11]) == a && uint32(row[15]) == a
}

// write makes the code, or reports that a step is too long for it.
func (p *program) write(quads, twins, singles []dab) bool {
	p.code = make([]uint64, 0, len(singles)+2*len(twins)+3*len(quads))
	at, ok := 0, true
	step := func(d dab) uint64 {
		n := d.at - at
		at, ok = d.at, ok && n <= math.MaxUint16
		return uint64(n)
	}
	for _, d := range singles {
		p.code = append(p.code, uint64(d.color)|step(d)<<32|uint64(keepOf(d.color>>24))<<48)
	}
	at = 0
	for _, d := range twins {
		p.code = append(p.code, uint64(d.color)|uint64(d.twin)<<32, step(d)|uint64(d.twinAt-d.at)<<16|uint64(keepOf(d.color>>24))<<32)
	}
	at = 0
	for _, d := range quads {
		p.code = append(p.code, d.quad[0], d.quad[1], step(d))
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
	twins, quads := p.code[p.singles:], p.code[p.singles+2*p.twins:]
	laySingles(at, p.code[:p.singles])
	layTwins(at, twins[:2*p.twins])
	if p.keep == 0 {
		copyQuads(at, quads)
		return
	}
	layQuads(at, quads, uint64(p.keep))
}

// Each of the loops has a function of its own, so that all it needs stays in registers.

func laySingles(at unsafe.Pointer, code []uint64) {
	for _, w := range code {
		at = unsafe.Add(at, int(uint16(w>>32))*4)
		d, keep := *(*uint32)(at), uint32(w>>48)
		rb := (d & 0x00ff00ff) * keep >> 8 & 0x00ff00ff
		ga := (d >> 8 & 0x00ff00ff) * keep & 0xff00ff00
		*(*uint32)(at) = uint32(w) + (rb | ga)
	}
}

func layTwins(at unsafe.Pointer, code []uint64) {
	for ; len(code) >= 2; code = code[2:] {
		w := code[1]
		at = unsafe.Add(at, int(uint16(w))*4)
		twin := unsafe.Add(at, int(uint16(w>>16))*4)
		d, keep := uint64(*(*uint32)(at))|uint64(*(*uint32)(twin))<<32, w>>32
		rb := (d & lanes) * keep >> 8 & lanes
		ga := (d >> 8 & lanes) * keep & highLanes
		d = code[0] + (rb | ga)
		*(*uint32)(at) = uint32(d)
		*(*uint32)(twin) = uint32(d >> 32)
	}
}

func layQuads(at unsafe.Pointer, code []uint64, keep uint64) {
	for ; len(code) >= 3; code = code[3:] {
		at = unsafe.Add(at, int(code[2])*4)
		d := *(*uint64)(at)
		rb := (d & lanes) * keep >> 8 & lanes
		ga := (d >> 8 & lanes) * keep & highLanes
		*(*uint64)(at) = code[0] + (rb | ga)
		d = *(*uint64)(unsafe.Add(at, 8))
		rb = (d & lanes) * keep >> 8 & lanes
		ga = (d >> 8 & lanes) * keep & highLanes
		*(*uint64)(unsafe.Add(at, 8)) = code[1] + (rb | ga)
	}
}

func copyQuads(at unsafe.Pointer, code []uint64) {
	for ; len(code) >= 3; code = code[3:] {
		at = unsafe.Add(at, int(code[2])*4)
		*(*[2]uint64)(at) = [2]uint64(code)
	}
}
