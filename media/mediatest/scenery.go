package mediatest

import (
	"math"
	"math/rand/v2"
)

const (
	hills    = "M0 110L90 84L190 118L300 80L430 116L540 92L640 112V170H0Z"
	hullPath = "M0 0L30 5L70 5L104 -6L92 22H16Z"
	stripe   = "M2 2L30 8L70 8L102 -3L102 1L70 12L30 12L2 6Z"
	cabin    = "M46 -18H76V2H46Z"
	mast     = "M59 -48H62V-18H59Z"
	wave     = "M0 0H80V5H0Z"
	carBody  = "M-20 -14H20L24 0V10H-24V0Z"
	carGlass = "M-16 -12H16L19 -2H-19Z"
	person   = "M-6 0H6L5 20H-5ZM-5 20H-1V36H-5ZM1 20H5V36H1ZM-3 -13H3L5 -10V-5L3 -2H-3L-5 -5V-10Z"
	treePath = "M0 0L-14 -5L-17 -16L-8 -28L0 -31L10 -27L16 -15L12 -4Z"
)

// sceneShapes returns the shapes of a scene from back to front, nil for an unknown one. The same random numbers give the
// same scene; others vary places and phases, so that two cameras of one scene do not look alike.
func sceneShapes(s Scene, r *rand.Rand) []shape {
	switch s {
	case Sea:
		return seaShapes(r)
	case Bridge:
		return bridgeShapes(r)
	case Road:
		return roadShapes(r)
	case Street:
		return streetShapes(r)
	case Port:
		return portShapes(r)
	case Beach:
		return beachShapes(r)
	case Still, Calm:
		return stillShapes()
	}
	return nil
}

// still returns a shape that does not move.
func still(path string, fill uint32) shape { return shape{path: path, fill: rgb(fill)} }

// waves returns rows of slow dashes.
func waves(r *rand.Rand, fill uint32, rows ...float64) []shape {
	var out []shape
	for i, y := range rows {
		speed := 1.0
		if i%2 == 1 {
			speed = -1
		}
		shift := r.Float64() * 140
		move := drift(140, speed, y)
		out = append(out, shape{wave, rgb(fill), func(phase float64) []placement {
			places := move(phase)
			for k := range places {
				places[k].dx += shift
			}
			return places
		}})
	}
	return out
}

// boat returns a fishing boat with the given motion.
func boat(hull, band uint32, move func(float64) []placement) []shape {
	return []shape{
		{mast, rgb(0x3A3A3A), move},
		{cabin, rgb(0xDAD8CE), move},
		{hullPath, rgb(hull), move},
		{stripe, rgb(band), move},
	}
}

func seaShapes(r *rand.Rand) []shape {
	out := []shape{
		still("M0 0H640V170H0Z", 0x98A8B3),
		still("M0 140L200 126L420 142L640 128V172H0Z", 0x64767C),
		still("M0 162H640V360H0Z", 0x4E6F7F),
	}
	out = append(out, waves(r, 0x5C7F90, 198, 224, 252, 286, 328)...)
	hulls := []uint32{0x2F5A86, 0x37566B, 0x7A4B3A, 0x2E6B5E}
	for i, b := range [][3]float64{{210, 182, .7}, {420, 186, .8}, {60, 196, 1}, {330, 214, 1.1}} {
		out = append(out, boat(hulls[i], 0xC95148, bob(b[0]+40*r.Float64(), b[1], b[2], 5, 2.5, r.Float64()))...)
	}
	out = append(out, boat(hulls[r.IntN(4)], 0xD8A23A, across(1, r.Float64(), 170, 282, 1.5))...)
	return append(out, boat(hulls[r.IntN(4)], 0xC95148, across(2, r.Float64(), 120, 240, .9))...)
}

func bridgeShapes(r *rand.Rand) []shape {
	rise := func(phase float64) []placement {
		return []placement{{0, -9 * (1 - math.Cos(2*math.Pi*phase)), 1}}
	}
	out := []shape{
		still("M0 0H640V150H0Z", 0x8A949C),
		still(hills, 0x66757A),
		still("M0 150H640V360H0Z", 0x80694C),
		still("M78 146H108V330H78ZM228 138H256V330H228ZM368 130H394V330H368ZM498 122H522V330H498Z", 0x8F9493),
		still("M560 96H586V330H560Z", 0xE6E4DA),
		still("M560 112H574V118H560ZM560 128H574V134H560ZM560 144H574V150H560ZM560 160H574V166H560ZM560 176H574V182H560Z"+
			"M560 192H574V198H560ZM560 208H574V214H560ZM560 224H574V230H560Z", 0xA93A33),
		{"M0 206H640V420H0Z", rgb(0x80694C), rise},
	}
	for _, w := range waves(r, 0x8F7756, 226, 254, 286, 322) {
		drifting := w.move
		w.move = func(phase float64) []placement {
			places := drifting(phase)
			for k := range places {
				places[k].dy += rise(phase)[0].dy
			}
			return places
		}
		out = append(out, w)
	}
	out = append(out,
		shape{"M0 0L40 -10L90 -8L120 4L110 16L70 20L10 14Z", rgb(0x5A4A36), across(1, r.Float64(), 130, 300, 1)},
		still("M0 128L640 92V114L0 152Z", 0xB2B6B4), still("M0 124L640 88V92L0 128Z", 0xD6D8D4))
	for i, c := range []uint32{0xA33C36, 0x3E5F85, 0xDADAD6} {
		n, offset := []float64{1, 2, -1}[i], r.Float64()
		level := across(n, offset, 60, 0, .55)
		out = append(out, shape{carBody, rgb(c), func(phase float64) []placement {
			at := level(phase)
			at[0].dy = 122 - at[0].dx*36/640
			return at
		}})
	}
	return out
}

func roadShapes(r *rand.Rand) []shape {
	out := []shape{
		still("M0 0H640V140H0Z", 0x9AA7AE),
		still("M0 120H640V360H0Z", 0x66715F),
		still("M260 120H380L620 360H20Z", 0x5B5F63),
		still("M268 120H272L100 360H92ZM368 120H372L548 360H540Z", 0xC9C9C2),
		still("M470 40H474V160H470ZM440 40H474V44H440Z", 0x4A5054),
	}
	for _, t := range [][3]float64{{60, 150, 1.6}, {140, 140, 1.2}, {520, 142, 1.3}, {600, 156, 1.8}} {
		at := placement{t[0], t[1], t[2]}
		out = append(out, shape{treePath, rgb(0x3F5547), func(float64) []placement { return []placement{at} }})
	}
	for i := range 5 {
		out = append(out, shape{
			"M-3 0H3L5 14H-5Z", rgb(0xD9D9D2),
			approach(4, float64(i)/5, 320, 122, 320, 380, .3, 4.5),
		})
	}
	type lane struct {
		x1, n float64
		fill  uint32
	}
	for _, l := range []lane{
		{170, -1, 0xDADAD6}, {470, 1, 0xA33C36}, {430, 2, 0x3E5F85}, {210, -2, 0xB58A3A}, {500, 1, 0x2E6B5E}, {250, -1, 0x4A5054},
	} {
		move := approach(l.n, r.Float64(), 320+(l.x1-320)*.12, 126, l.x1, 400, .12, 2.6)
		out = append(out, shape{carBody, rgb(l.fill), move}, shape{carGlass, rgb(0x2D3439), move})
	}
	return out
}

func streetShapes(r *rand.Rand) []shape {
	out := []shape{
		still("M0 0H640V110H0Z", 0xA7AFB3),
		still("M0 60H150V240H0Z", 0xC2964A), still("M150 40H280V240H150Z", 0xB58840),
		still("M280 70H420V240H280Z", 0xC9A057), still("M420 50H640V240H420Z", 0xB88C44),
		still("M0 44H150V60H0ZM150 26H280V40H150ZM280 56H420V70H280ZM420 36H640V50H420Z", 0x6B4632),
		still("M20 120H56V200H20ZM90 120H126V200H90ZM180 100H210V190H180ZM232 100H262V190H232ZM304 120H334V200H304Z"+
			"M364 120H394V200H364ZM450 110H486V200H450ZM516 110H552V200H516ZM584 110H620V200H584Z", 0x5A3F2E),
		still("M0 216H640V276H0Z", 0x7A6A52), still("M0 276H640V360H0Z", 0x55654F),
		still("M0 272H640V278H0Z", 0x9A9384),
	}
	out = append(out, waves(r, 0x64755D, 300, 332)...)
	for i, c := range []uint32{0x2E363B, 0x7A3E36, 0x3B5566, 0xE0D8C4, 0x4C4A5E} {
		n := []float64{1, -1, 1, -1, 2}[i]
		out = append(out, shape{person, rgb(c), across(n, r.Float64(), 30, 214+8*float64(i%3), 1)})
	}
	for _, x := range []float64{150, 280, 420} {
		out = append(out, shape{
			"M-9 0L0 -10L9 0L6 12H-6Z", rgb(0xB8433A), bob(x, 96+20*r.Float64(), 1, 2, 1.5, r.Float64()),
		})
	}
	return append(out, boat(0x3C4A4F, 0x8A795E, across(1, r.Float64(), 150, 318, 1.2))...)
}

func portShapes(r *rand.Rand) []shape {
	swing := bob(0, 0, 1, 46, 0, r.Float64())
	hoist := func(phase float64) []placement {
		at := swing(phase)
		at[0].dy = 14 * math.Sin(4*math.Pi*phase)
		return at
	}
	ship := across(1, r.Float64(), 340, 0, 1)
	out := []shape{
		still("M0 0H640V170H0Z", 0xA3AEB5),
		still("M0 150L120 132L260 156L400 128L640 150V190H0Z", 0x71818A),
		still("M0 182H640V252H0Z", 0x55717F),
	}
	out = append(out, waves(r, 0x5F7D8B, 200, 228)...)
	out = append(out,
		shape{"M96 150H132V178H96Z", rgb(0xD5D2C8), ship},
		shape{"M160 168H280V184H160Z", rgb(0x8E5145), ship},
		shape{"M40 190L60 214H300L326 184H150V162H80V188Z", rgb(0x39434C), ship},
		still("M0 250H640V360H0Z", 0x7C7F7C), still("M0 250H640V260H0Z", 0xA2A49E),
		still("M60 280H180V320H60Z", 0x8E5145), still("M190 280H310V320H190Z", 0x4F6E84),
		still("M60 322H180V358H60Z", 0x6F7F5A), still("M190 322H310V358H190Z", 0x9A8A5A),
		still("M430 40H442V260H430ZM520 40H532V260H520ZM360 60H600V72H360ZM430 60L480 20L532 60L526 62L480 28L436 62Z", 0xB58A3A),
		shape{"M404 72H407V132H404Z", rgb(0x333333), swing},
		shape{"M388 132H422V152H388Z", rgb(0x4F6E84), hoist})
	return append(out, shape{carBody, rgb(0xB58A3A), across(2, r.Float64(), 60, 338, 1.1)})
}

func beachShapes(r *rand.Rand) []shape {
	surf := func(k float64) func(float64) []placement {
		return func(phase float64) []placement {
			return []placement{{0, k * math.Sin(4*math.Pi*phase), 1}}
		}
	}
	out := []shape{
		still("M0 0H640V150H0Z", 0xA9BAC4),
		still("M0 130L160 120L330 134L640 126V150H0Z", 0x72858C),
		still("M0 146H640V260H0Z", 0x5B8796),
		still("M0 230L640 196V360H0Z", 0xC9B48A),
	}
	out = append(out, waves(r, 0x6B98A6, 164, 184)...)
	out = append(out,
		shape{"M0 214L160 208L330 198L640 178V200L330 222L160 230L0 240Z", rgb(0x7FA9B4), surf(4)},
		shape{"M0 232L160 226L330 216L640 196V202L330 223L160 233L0 240Z", rgb(0xE4E8E4), surf(4)})
	for i, c := range []uint32{0x7A3E36, 0x2E363B, 0x3B5566} {
		n := []float64{1, -1, 1}[i]
		out = append(out, shape{person, rgb(c), across(n, r.Float64(), 30, 236+14*float64(i), .9)})
	}
	out = append(out, boat(0x2F5A86, 0xC95148, across(-1, r.Float64(), 90, 158, .6))...)
	for _, x := range []float64{90, 560} {
		trunk := placement{x, 250, 1}
		out = append(out, shape{"M-5 0L-2 -130H4L6 0Z", rgb(0x6B5A42), func(float64) []placement { return []placement{trunk} }},
			shape{
				"M0 -132L-60 -118L-40 -140L-64 -156L0 -144L-20 -176L8 -148L58 -160L38 -140L62 -116Z", rgb(0x3F5F47),
				bob(x, 250, 1, 4, 2, r.Float64()),
			})
	}
	return out
}

func stillShapes() []shape {
	return []shape{
		still("M0 0H640V360H0Z", 0x14181C),
		still("M0 200H640V360H0Z", 0x22262A),
		still("M60 60H280V240H60Z", 0x2A2E32),
		still("M100 100H140V150H100ZM200 100H240V150H200Z", 0x5A5238),
		still("M440 70H448V250H440ZM420 66H468V74H420Z", 0x3A3E42),
		still("M444 76L520 250H368Z", 0x34362F),
	}
}
