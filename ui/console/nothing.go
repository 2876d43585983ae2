package console

import (
	"fyne.io/fyne/v2"

	"iocwall/ui/paint"
	"iocwall/ui/tile"
)

// nothing says that there is no page for the person, and who can change that.
func (c *Console) nothing() {
	p := tile.NewPane(c.env, "nothing", c.env.Kit.Theme.Bg, func(cv *paint.Canvas) {
		th, f, k, l := c.env.Kit.Theme, c.env.Kit.Fonts, c.scale(), c.env.Lang
		r := cv.Img.Rect
		x, y := 48*k, float64(r.Dy())*0.32
		cv.Icon(int(x), int(y), int(40*k), "lock", th.T2, th.Bg)
		cv.Text(x, y+56*k, 36*k, f.Fit(float64(r.Dx())-2*x, 20*k, true, l.T("shell.nopage")), 20*k, true, th.T1)
		who := c.base.Person()
		for i, s := range f.Wrap(l.T("shell.nopage.why", "who", who.Name, "role", c.roleName(who.Role)), min(float64(r.Dx())-2*x, 760*k), 16*k, false, 3) {
			cv.Text(x, y+(96+float64(i)*24)*k, 24*k, s, 16*k, false, th.T2)
		}
	})
	c.shown = nil
	c.holder.Objects = []fyne.CanvasObject{p.Raster}
	c.holder.Refresh()
	c.refreshFrame(c.base.Now())
}
