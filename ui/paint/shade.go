package paint

import (
	_ "embed"
	"image"
	"sync"

	"fyne.io/fyne/v2/canvas"
)

// Planes are a picture in luma and two chroma planes of half its size, four
// samples a pixel of an RGBA image, each row padded to whole pixels.
type Planes struct {
	Y, U, V *image.RGBA
	// Size is the size of the luma plane in samples.
	Size image.Point
	// BT709 chooses the matrix of ITU-R BT.709, otherwise that of BT.601. Full is
	// full range, otherwise 16–235 and 16–240.
	BT709, Full bool
}

// Shade shows planes through a shader, which scales and converts them. The
// toolkit keeps programs and textures by name for the life of a window, so names
// come from a Pool of the window and go back to it.
type Shade struct {
	*canvas.Shader
	pool *Pool
}

// Pool gives out the names of a window's shaders. It is safe for concurrent use;
// the zero value is ready.
type Pool struct {
	mu   sync.Mutex
	free []string
	made int
}

// NewShade returns a shader object that shows nothing before Set.
func (p *Pool) NewShade() *Shade {
	p.mu.Lock()
	defer p.mu.Unlock()
	var name string
	if n := len(p.free); n > 0 {
		name, p.free = p.free[n-1], p.free[:n-1]
	} else {
		p.made++
		name = "picture-" + string(rune('0'+p.made/100%10)) + string(rune('0'+p.made/10%10)) + string(rune('0'+p.made%10))
	}
	return &Shade{Shader: canvas.NewShader(name, []byte("#version 110\n"+shadeSource), []byte("#version 100\n"+shadePrecision+shadeSource)), pool: p}
}

// Close gives the name back; the object must not be shown any more.
func (s *Shade) Close() {
	if s.pool == nil {
		return
	}
	s.pool.mu.Lock()
	defer s.pool.mu.Unlock()
	s.pool.free = append(s.pool.free, s.Name)
	s.pool = nil
}

// Set shows a part of planes, given in fractions; grey drops the colour and dims
// as Dim does. The planes must not change afterwards.
func (s *Shade) Set(p Planes, x0, y0, x1, y1 float64, grey bool) {
	s.Textures = map[string]image.Image{"planeY": p.Y, "planeU": p.U, "planeV": p.V}
	kr, kb := 0.299, 0.114
	if p.BT709 {
		kr, kb = 0.2126, 0.0722
	}
	kg := 1 - kr - kb
	rv, bu := 2*(1-kr), 2*(1-kb)
	black, yscale, cscale := 16.0, 255.0/219, 255.0/224
	if p.Full {
		black, yscale, cscale = 0, 1, 1
	}
	u := map[string]float64{
		"lumaW": float64(p.Size.X), "lumaH": float64(p.Size.Y),
		"chromaW": float64((p.Size.X + 1) / 2), "chromaH": float64((p.Size.Y + 1) / 2),
		"texelsY": float64(p.Y.Rect.Dx()), "texelsC": float64(p.U.Rect.Dx()),
		"x0": x0, "y0": y0, "x1": x1, "y1": y1,
		"black": black / 255, "yscale": yscale,
		"rv": rv * cscale, "gu": kb * bu / kg * cscale, "gv": kr * rv / kg * cscale, "bu": bu * cscale,
	}
	if grey {
		u["grey"] = 1
	} else {
		u["grey"] = 0
	}
	s.Uniforms = make(map[string]float32, len(u))
	for k, v := range u {
		s.Uniforms[k] = float32(v)
	}
}

// shadeSource takes each sample at the middle of its texel, where the sampler's
// own interpolation does not mix neighbours: they are other samples. It
// interpolates by itself. Chroma lies left of its pair of pixels and between its
// pair of rows, as in ITU-T H.264, figure 6-1.
//
//go:embed shade.glsl
var shadeSource string

// shadePrecision asks an embedded GPU for what positions in a large picture need.
//
//go:embed precision.glsl
var shadePrecision string
