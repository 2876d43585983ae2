// Package paper makes printed pages: a list, a thing's page, an alert as a PDF in
// A4, with who printed it and when, the source and age of what it says, and the
// number of each page; and hands it to the system's printing.
package paper

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"strconv"
	"strings"
	"time"

	"github.com/signintech/gopdf"
	"golang.org/x/text/unicode/norm"

	"iocwall/assets"
	"iocwall/ui/paint"
	"iocwall/ui/words"
)

// Document is what is to be printed.
type Document struct {
	Lang *words.Lang
	// Province stands at the top of every page, Kind and State over the title.
	Province, Kind, State, Title string
	// By is who prints, At when; both stand on every page.
	By string
	At time.Time
	// Source says where the data are from and how old they are.
	Source   string
	Sections []Section
	// Wide lays the sheets across.
	Wide bool
}

// Section is one part of a document: any of facts, steps, a picture and a table.
type Section struct {
	Title   string
	Facts   []Fact
	Steps   []string
	Picture image.Image
	Table   *Table
}

// Fact is one named sentence.
type Fact struct{ Name, Text string }

// Table has rows of texts. Rows are as long as Columns.
type Table struct {
	Columns []Column
	Rows    [][]string
}

// Column is a column of a table; Weight shares the width.
type Column struct {
	Title  string
	Weight float64
	Right  bool
}

// mostRows bounds a printed table: 100 sheets are no list any more.
const mostRows = 5000

// Sizes in points.
const (
	margin              = 42.0
	text, small         = 10.0, 8.5
	head, titleSize     = 12.0, 18.0
	line                = 14.5
	footHigh            = 30.0
	nameWide            = 120.0
	shortSide, longSide = 595.28, 841.89
)

// op is something drawn on a sheet.
type op struct {
	x, y, w, h float64
	text       string
	size       float64
	bold       bool
	grey       uint8
	rule       bool // a line across
	picture    image.Image
}

// PDF returns the document as a file. It fails for a document without a language
// only, or when the embedded fonts cannot be used.
func PDF(d Document) ([]byte, error) {
	if d.Lang == nil {
		return nil, errors.New("paper: a language is needed")
	}
	fonts, err := paint.NewFonts(assets.Regular(), assets.Bold())
	if err != nil {
		return nil, fmt.Errorf("paper: %w", err)
	}
	s := &setter{d: &d, f: fonts, w: shortSide, h: longSide}
	if d.Wide {
		s.w, s.h = longSide, shortSide
	}
	s.sheet()
	s.opening()
	for _, x := range d.Sections {
		s.section(x)
	}
	return s.write()
}

// setter sets a document into sheets.
type setter struct {
	d      *Document
	f      *paint.Fonts
	w, h   float64
	sheets [][]op
	y      float64
}

func (s *setter) put(o op) {
	n := len(s.sheets) - 1
	s.sheets[n] = append(s.sheets[n], o)
}

func (s *setter) say(x, y, size float64, bold bool, grey uint8, t string) {
	if t != "" {
		s.put(op{x: x, y: y, text: t, size: size, bold: bold, grey: grey})
	}
}

// sheet begins a sheet.
func (s *setter) sheet() {
	s.sheets = append(s.sheets, nil)
	s.y = margin
	l := s.d.Lang
	right := l.T("paper.printed", "time", l.Date(s.d.At)+" "+l.Clock(s.d.At), "who", s.d.By)
	rw := s.f.Width(right, false, small)
	s.say(s.w-margin-rw, s.y, small, false, 90, right)
	left := s.d.Province
	if len(s.sheets) > 1 {
		left = strings.TrimPrefix(left+" · "+s.d.Title, " · ")
	}
	s.say(margin, s.y, small, true, 60, s.f.Fit(s.w-2*margin-rw-20, small, true, left))
	s.y += 18
	s.put(op{x: margin, y: s.y, w: s.w - 2*margin, rule: true, grey: 150})
	s.y += 10
}

// room begins a sheet where less than high is left, and reports whether it did.
func (s *setter) room(high float64) bool {
	if s.y+high <= s.h-margin-footHigh {
		return false
	}
	s.sheet()
	return true
}

func (s *setter) opening() {
	d := s.d
	over := strings.Trim(d.Kind+" · "+d.State, " ·")
	s.say(margin, s.y, text, true, 60, over)
	if over != "" {
		s.y += line
	}
	for _, t := range s.f.Wrap(plain(d.Title), s.w-2*margin, titleSize, true, 3) {
		s.say(margin, s.y, titleSize, true, 0, t)
		s.y += titleSize * 1.4
	}
	s.y += 6
}

func (s *setter) section(x Section) {
	if x.Title != "" {
		s.room(head*1.4 + 3*line)
		s.y += 6
		s.say(margin, s.y, head, true, 0, x.Title)
		s.y += head*1.4 + 2
	}
	for _, f := range x.Facts {
		lines := s.f.Wrap(plain(f.Text), s.w-2*margin-nameWide, text, false, 8)
		s.room(float64(max(1, len(lines))) * line)
		s.say(margin, s.y, text, false, 90, s.f.Fit(nameWide-8, text, false, f.Name))
		for _, t := range lines {
			s.say(margin+nameWide, s.y, text, false, 0, t)
			s.y += line
		}
	}
	for _, step := range x.Steps {
		lines := s.f.Wrap(plain(step), s.w-2*margin-20, text, false, 8)
		s.room(float64(len(lines)) * line)
		s.put(op{x: margin + 1, y: s.y + 2, w: 8, h: 8, grey: 60})
		for _, t := range lines {
			s.say(margin+20, s.y, text, false, 0, t)
			s.y += line
		}
	}
	if x.Picture != nil {
		s.picture(x.Picture)
	}
	if x.Table != nil {
		s.table(x.Table)
	}
}

// picture fills the width, or what is left of an empty sheet's height.
func (s *setter) picture(img image.Image) {
	b := img.Bounds()
	if b.Empty() {
		return
	}
	w := s.w - 2*margin
	h := w * float64(b.Dy()) / float64(b.Dx())
	if most := (s.h - 2*margin - footHigh - 40) * 0.6; h > most {
		w, h = w*most/h, most
	}
	s.room(h + 8)
	s.put(op{x: margin, y: s.y, w: w, h: h, picture: img})
	s.y += h + 10
}

func (s *setter) table(t *Table) {
	sum := 0.0
	for _, c := range t.Columns {
		sum += max(c.Weight, 0.1)
	}
	wide := make([]float64, len(t.Columns))
	for i, c := range t.Columns {
		wide[i] = (s.w - 2*margin) * max(c.Weight, 0.1) / sum
	}
	heads := func() {
		x := margin
		for i, c := range t.Columns {
			s.cell(x, wide[i], small, true, 60, c.Right, c.Title)
			x += wide[i]
		}
		s.y += line
		s.put(op{x: margin, y: s.y - 1, w: s.w - 2*margin, rule: true, grey: 100})
		s.y += 3
	}
	s.room(3 * line)
	heads()
	for n, row := range t.Rows {
		if n == mostRows {
			s.room(line)
			s.say(margin, s.y, text, true, 0, s.d.Lang.T("paper.more", "n", s.d.Lang.Int(int64(len(t.Rows)-mostRows))))
			s.y += line
			return
		}
		if s.room(line + 3) {
			heads()
		}
		x := margin
		for i, c := range t.Columns {
			if i < len(row) {
				s.cell(x, wide[i], text, false, 0, c.Right, row[i])
			}
			x += wide[i]
		}
		s.y += line
		s.put(op{x: margin, y: s.y - 1, w: s.w - 2*margin, rule: true, grey: 215})
		s.y += 2
	}
}

// cell writes one line that gets shorter where it does not fit.
func (s *setter) cell(x, w, size float64, bold bool, grey uint8, right bool, t string) {
	t = s.f.Fit(w-8, size, bold, strings.Join(strings.Fields(plain(t)), " "))
	if right {
		x += w - 8 - s.f.Width(t, bold, size)
	}
	s.say(x, s.y, size, bold, grey, t)
}

// write makes the file.
func (s *setter) write() ([]byte, error) {
	var p gopdf.GoPdf
	p.Start(gopdf.Config{PageSize: gopdf.Rect{W: s.w, H: s.h}})
	p.SetInfo(gopdf.PdfInfo{Title: s.d.Title, Author: s.d.By, Creator: "IOC Wall", CreationDate: s.d.At})
	for name, data := range map[string][]byte{"regular": assets.Regular(), "bold": assets.Bold()} {
		if err := p.AddTTFFontData(name, data); err != nil {
			return nil, fmt.Errorf("paper: font %s: %w", name, err)
		}
	}
	l := s.d.Lang
	for i := range s.sheets {
		p.AddPage()
		y := s.h - margin - 12
		number := l.T("paper.page", "n", strconv.Itoa(i+1), "all", strconv.Itoa(len(s.sheets)))
		rw := s.f.Width(number, false, small)
		source := ""
		if s.d.Source != "" {
			source = s.f.Fit(s.w-2*margin-rw-20, small, false, l.T("detail.source")+": "+s.d.Source)
		}
		foot := []op{
			{x: margin, y: y - 6, w: s.w - 2*margin, rule: true, grey: 150},
			{x: margin, y: y, text: source, size: small, grey: 90},
			{x: s.w - margin - rw, y: y, text: number, size: small, grey: 90},
		}
		for _, o := range append(s.sheets[i], foot...) {
			if err := draw(&p, o); err != nil {
				return nil, fmt.Errorf("paper: sheet %d: %w", i+1, err)
			}
		}
	}
	var out bytes.Buffer
	if _, err := p.WriteTo(&out); err != nil {
		return nil, fmt.Errorf("paper: %w", err)
	}
	return out.Bytes(), nil
}

func draw(p *gopdf.GoPdf, o op) error {
	switch {
	case o.picture != nil:
		return p.ImageFrom(o.picture, o.x, o.y, &gopdf.Rect{W: o.w, H: o.h})
	case o.rule:
		p.SetLineWidth(0.6)
		p.SetStrokeColor(o.grey, o.grey, o.grey)
		p.Line(o.x, o.y, o.x+o.w, o.y)
		return nil
	case o.h > 0:
		p.SetLineWidth(0.8)
		p.SetStrokeColor(o.grey, o.grey, o.grey)
		p.RectFromUpperLeftWithStyle(o.x, o.y, o.w, o.h, "D")
		return nil
	case o.text == "":
		return nil
	}
	font := "regular"
	if o.bold {
		font = "bold"
	}
	if err := p.SetFont(font, "", o.size); err != nil {
		return err
	}
	p.SetTextColor(o.grey, o.grey, o.grey)
	p.SetXY(o.x, o.y)
	return p.Cell(nil, plain(o.text))
}

// plain is a text in letters that the fonts have: Noto Sans lacks some signs.
func plain(t string) string {
	t = strings.NewReplacer(
		"\u2212", "–", "≈", "~", "≥", ">=", "≤", "<=", "≠", "<>", "→", "->", "←", "<-", "✓", "x", "\u00a0", " ", "\t", " ",
	).Replace(norm.NFC.String(t))
	return strings.Map(func(r rune) rune {
		if r < ' ' {
			return ' '
		}
		return r
	}, t)
}
