package paint

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"sort"
	"strconv"
	"strings"
	"sync"

	"github.com/fyne-io/oksvg"
	"github.com/srwiley/rasterx"
)

// iconLimit bounds the cache of drawn icons; reaching it starts a new one.
const iconLimit = 512

// Icons draws the product's icons. It is safe for concurrent use.
type Icons struct {
	body map[string]string

	mu    sync.Mutex
	drawn map[iconKey]*image.RGBA
}

type iconKey struct {
	name         string
	px           int
	ink, fill, h color.RGBA
}

// NewIcons reads an SVG sprite: one symbol with an id per icon, 24 units wide.
func NewIcons(sprite []byte) (*Icons, error) {
	var doc struct {
		Symbols []struct {
			ID   string `xml:"id,attr"`
			Body string `xml:",innerxml"`
		} `xml:"symbol"`
	}
	if err := xml.NewDecoder(bytes.NewReader(sprite)).Decode(&doc); err != nil {
		return nil, fmt.Errorf("read icon sprite: %w", err)
	}
	ic := &Icons{body: map[string]string{}, drawn: map[iconKey]*image.RGBA{}}
	for _, s := range doc.Symbols {
		if _, twice := ic.body[s.ID]; twice || s.ID == "" {
			return nil, fmt.Errorf("read icon sprite: icon %q is empty or given twice", s.ID)
		}
		ic.body[s.ID] = s.Body
	}
	return ic, nil
}

// Names returns the icons' names in order.
func (ic *Icons) Names() []string {
	out := make([]string, 0, len(ic.body))
	for n := range ic.body {
		out = append(out, n)
	}
	sort.Strings(out)
	return out
}

// SVG returns one icon as a document of its own, coloured, or nil for an
// unknown name. Mark is the colour inside a filled shape, hole what shows
// through a shape.
func (ic *Icons) SVG(name string, ink, mark, hole color.RGBA) []byte {
	b, ok := ic.body[name]
	if !ok {
		return nil
	}
	hex := func(c color.RGBA) string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }
	b = strings.NewReplacer("currentColor", hex(ink), "onfill", hex(mark), `"hole"`, `"`+hex(hole)+`"`).Replace(b)
	return []byte(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="24" height="24" fill="` + hex(ink) + `">` +
		strings.ReplaceAll(b, "<path d", `<path fill="`+hex(ink)+`" d`) + `</svg>`)
}

// Image returns the icon as a square picture px wide, shared and read-only, or
// nil for an unknown name.
func (ic *Icons) Image(name string, px int, ink, mark, hole color.RGBA) *image.RGBA {
	ic.mu.Lock()
	defer ic.mu.Unlock()
	k := iconKey{name, px, ink, mark, hole}
	if img, ok := ic.drawn[k]; ok {
		return img
	}
	svg := scaleStrokes(ic.SVG(name, ink, mark, hole), float64(px)/24)
	if svg == nil || px <= 0 {
		return nil
	}
	icon, err := oksvg.ReadIconStream(bytes.NewReader(svg), oksvg.IgnoreErrorMode)
	if err != nil {
		return nil
	}
	icon.SetTarget(0, 0, float64(px), float64(px))
	img := image.NewRGBA(image.Rect(0, 0, px, px))
	icon.Draw(rasterx.NewDasher(px, px, rasterx.NewScannerGV(px, px, img, img.Rect)), 1)
	if len(ic.drawn) >= iconLimit {
		ic.drawn = map[iconKey]*image.RGBA{}
	}
	ic.drawn[k] = img
	return img
}

// scaleStrokes multiplies stroke widths and dashes: the drawing library scales
// outlines to the target but leaves these as written.
func scaleStrokes(svg []byte, by float64) []byte {
	if svg == nil {
		return nil
	}
	var out bytes.Buffer
	for {
		at := bytes.Index(svg, []byte(` stroke-`))
		if at < 0 {
			break
		}
		open := at + bytes.IndexByte(svg[at:], '"') + 1
		end := open + bytes.IndexByte(svg[open:], '"')
		out.Write(svg[:open])
		if attr := string(svg[at+1 : open-2]); attr == "stroke-width" || attr == "stroke-dasharray" {
			for i, f := range strings.Fields(string(svg[open:end])) {
				v, _ := strconv.ParseFloat(f, 64)
				if i > 0 {
					out.WriteByte(' ')
				}
				out.WriteString(strconv.FormatFloat(v*by, 'f', 3, 64))
			}
		} else {
			out.Write(svg[open:end])
		}
		svg = svg[end:]
	}
	out.Write(svg)
	return out.Bytes()
}

func overlay(dst *image.RGBA, clip image.Rectangle, at image.Point, src *image.RGBA) {
	r := src.Rect.Add(at).Intersect(clip)
	draw.Draw(dst, r, src, r.Min.Sub(at), draw.Over)
}
