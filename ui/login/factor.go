package login

import (
	"image"
	"image/color"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
	"rsc.io/qr"

	"iocwall/ui/field"
)

// quiet is the white edge of a QR code in modules: ISO/IEC 18004 asks for four.
const quiet = 4

// qrSide is the side of the picture in units at text scale 1.
const qrSide = 216

// enrol shows the secret as a picture and as text, and asks for a code of it.
func (f *form) enrol() {
	p, l, th := f.p, f.p.o.Lang, f.p.o.Kit.Theme
	f.text(l.T("login.enrol.how"))
	beside := container.New(field.Column{Gap: 8}, field.Words(l.T("login.enrol.text"), true))
	for line := range strings.SplitSeq(groups(p.secret), "\n") {
		t := canvas.NewText(line, th.T1)
		t.TextSize, t.TextStyle.Bold = 16*f.unit(), true
		beside.Add(t)
	}
	if p.o.Copy != nil {
		beside.Add(widget.NewButton(l.T("login.copy"), func() { p.o.Copy(p.secret) }))
	}
	beside.Add(f.field("enrol", field.Code))
	img, err := picture(p.uri)
	if err != nil { // the text is enough
		f.add(beside)
		return
	}
	c := canvas.NewImageFromImage(img)
	c.FillMode, c.ScaleMode = canvas.ImageFillContain, canvas.ImageScalePixels
	c.SetMinSize(fyne.NewSquareSize(qrSide * f.unit()))
	f.add(container.New(split{gap: 24}, c, beside))
}

// recovery shows the codes, this once.
func (f *form) recovery() {
	p, l, th := f.p, f.p.o.Lang, f.p.o.Kit.Theme
	f.text(l.T("login.recovery.how"))
	grid := container.NewGridWithColumns(2)
	for _, c := range p.recovery {
		t := canvas.NewText(c, th.T1)
		t.TextSize, t.TextStyle.Bold = 16*f.unit(), true
		grid.Add(t)
	}
	f.add(grid)
	var acts []fyne.CanvasObject
	if p.o.Copy != nil {
		acts = append(acts, widget.NewButton(l.T("login.copy"), func() { p.o.Copy(strings.Join(p.recovery, "\n")) }))
	}
	if p.o.Print != nil {
		acts = append(acts, widget.NewButton(l.T("login.print"), func() {
			if p.busy {
				return
			}
			p.wrong = trouble{}
			p.begin()
			p.o.Print(p.who.Name, l.T("login.recovery.title", "who", p.who.Login), p.recovery, p.printed)
		}))
	}
	if len(acts) > 0 {
		f.add(container.NewGridWithColumns(len(acts), acts...))
	}
}

// printed takes what became of the printing.
func (p *Page) printed(err error) {
	if p.ended {
		return
	}
	p.busy = false
	if err != nil {
		p.wrong = trouble{code: "print"}
	}
	p.form.say()
}

// picture is a text as a QR code, dark on white whatever the theme is: phones read
// nothing else with certainty.
func picture(text string) (image.Image, error) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return nil, err
	}
	n := code.Size + 2*quiet
	img := image.NewPaletted(image.Rect(0, 0, n, n), color.Palette{color.White, color.Black})
	for y := range code.Size {
		for x := range code.Size {
			if code.Black(x, y) {
				img.SetColorIndex(x+quiet, y+quiet, 1)
			}
		}
	}
	return img, nil
}
