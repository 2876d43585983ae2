package users

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"iocwall/server/world"
	"iocwall/ui/field"
	"iocwall/ui/look"
	"iocwall/ui/page"
	"iocwall/ui/page/pagetest"
)

// desk answers questions to doors from a script.
type desk struct {
	*pagetest.Desk
	answers map[string]any // by method and path; an error refuses
	asked   []string
}

func (d *desk) Call(r page.Request, done func(error)) func() {
	method := r.Method
	if method == "" {
		method = "GET"
	}
	line := method + " " + r.Path
	body := ""
	if r.Body != nil {
		raw, err := json.Marshal(r.Body)
		if err != nil {
			panic(err)
		}
		body = " " + string(raw)
	}
	d.asked = append(d.asked, line+body)
	switch a := d.answers[line].(type) {
	case error:
		done(a)
	case nil:
		done(nil)
	default:
		raw, err := json.Marshal(a)
		if err == nil && r.Into != nil {
			err = json.Unmarshal(raw, r.Into)
		}
		if err != nil {
			panic(err)
		}
		done(nil)
	}
	return func() {}
}

func ict(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, time.FixedZone("ICT", 7*3600))
	if err != nil {
		panic(err)
	}
	return t
}

func people() map[string]any {
	return map[string]any{"roles": []string{"administrator", "operator", "leader", "unit"}, "users": []user{
		{ID: "u1", Login: "admin", Name: "Phạm Quốc Bảo", Role: "administrator", Created: ict("2026-01-02 08:00"), Seen: ict("2026-11-21 07:30"), Factor: "on", Sessions: 2},
		{ID: "u2", Login: "mai", Name: "Trần Thị Mai", Role: "operator", Created: ict("2026-03-02 08:00"), Seen: ict("2026-11-21 06:58"), Factor: "off", Sessions: 1},
		{ID: "u3", Login: "chutich", Name: "Lê Văn Dũng", Role: "leader", Must: true, Created: ict("2026-11-20 16:00"), Factor: "required"},
		{ID: "u4", Login: "so.nnmt", Name: "Nguyễn Văn Dũng", Role: "unit", Areas: []term{{Area: "49-tam-ky", From: ict("2026-01-01 00:00"), Until: ict("2027-01-01 00:00")}}, Created: ict("2026-02-02 08:00"), Seen: ict("2026-11-20 17:00"), Factor: "off"},
		{ID: "u5", Login: "hung", Name: "Võ Mạnh Hùng", Role: "operator", Disabled: ict("2026-10-01 08:00"), Created: ict("2026-02-02 08:00"), Seen: ict("2026-09-30 17:00"), Factor: "off"},
		{ID: "u6", Login: "nuithanh", Name: "Đỗ Thị Lan", Role: "unit", Areas: []term{{Area: "49-nui-thanh", Until: ict("2026-07-01 00:00")}}, Created: ict("2026-02-02 08:00"), Seen: ict("2026-06-30 17:00"), Factor: "off"},
	}}
}

func newDesk(t *testing.T, lang, theme string, text float64) *desk {
	t.Helper()
	d := &desk{Desk: pagetest.New(t, lang, theme, text), answers: map[string]any{"GET /api/users": people()}}
	th := look.Dark()
	if theme == "light" {
		th = look.Light()
	}
	fyne.CurrentApp().Settings().SetTheme(look.ToolkitAt(th, text))
	d.Who = page.Person{Login: "admin", Name: "Phạm Quốc Bảo", Role: "administrator", Rights: []string{Right}}
	d.Tell(t,
		world.AreaDefined{ID: "49", Name: "Quảng Nam"},
		world.AreaDefined{ID: "49-tam-ky", Name: "Tam Kỳ", Parent: "49"},
		world.AreaDefined{ID: "49-nui-thanh", Name: "Núi Thành", Parent: "49"},
		world.AreaDefined{ID: "49-dai-loc", Name: "Đại Lộc", Parent: "49"},
	)
	return d
}

// open shows the page in a window.
func open(t *testing.T, d *desk) (*Page, fyne.Window) {
	t.Helper()
	p := New(d).(*Page)
	t.Cleanup(p.Close)
	w := test.NewWindow(p.Object())
	t.Cleanup(w.Close)
	w.SetPadded(false)
	w.Resize(fyne.NewSize(1366, 700))
	p.Shown(true)
	p.Refresh(d.Clock)
	return p, w
}

// press clicks the button of the pane whose text begins so.
func press(t *testing.T, p *Page, text string) {
	t.Helper()
	var walk func(o fyne.CanvasObject) bool
	walk = func(o fyne.CanvasObject) bool {
		switch x := o.(type) {
		case *widget.Button:
			if strings.HasPrefix(x.Text, text) {
				test.Tap(x)
				return true
			}
		case *fyne.Container:
			return slices.ContainsFunc(x.Objects, walk)
		case *container.Scroll:
			return walk(x.Content)
		}
		return false
	}
	if !walk(p.pane.box) {
		t.Fatalf("no button %q", text)
	}
}

func write(f *field.Field, s string) {
	for _, r := range s {
		f.Input.TypedRune(r)
	}
}

func TestAdd(t *testing.T) {
	d := newDesk(t, "vi", "dark", 1)
	d.answers["POST /api/users"] = map[string]any{"user": user{Login: "lan"}, "password": "abcd-efgh-jkmn-pqrs"}
	p, _ := open(t, d)
	p.Rune('n')
	f := p.pane.form
	p.pane.submit()
	if f.login.Said() == "" || f.name.Said() == "" || len(d.asked) != 1 {
		t.Fatalf("%q %q %q", f.login.Said(), f.name.Said(), d.asked)
	}
	write(f.login, "Lan")
	write(f.name, "Traanf Lan")
	f.role.SetSelected("đơn vị")
	p.pane.submit()
	if f.find.Said() == "" {
		t.Fatal("a unit without an area is sent")
	}
	write(f.find, "ddaij")
	press(t, p, "Đại Lộc · Quảng Nam")
	write(f.terms[0].from, "1/12/2026")
	write(f.terms[0].until, "31/11/2026")
	p.pane.submit()
	if f.terms[0].until.Said() == "" {
		t.Fatal("the 31st of November is sent")
	}
	f.terms[0].until.SetText("31/12/2026")
	p.pane.submit()
	want := `POST /api/users {"areas":[{"area":"49-dai-loc","from":"2026-12-01","until":"2026-12-31"}],"login":"lan","name":"Trần Lan","role":"unit"}`
	if len(d.asked) != 3 || d.asked[1] != want {
		t.Fatalf("%q", d.asked)
	}
	if p.view != viewSecret {
		t.Fatalf("%q: %q", p.view, p.pane.said)
	}
	press(t, p, "Chép")
	if !slices.Equal(d.Copied, []string{"abcd-efgh-jkmn-pqrs"}) {
		t.Errorf("%q", d.Copied)
	}
	if d.remembers(t, "abcd-efgh") {
		t.Error("the password is remembered")
	}
	press(t, p, "Đã chuyển")
	if p.view != viewNone || p.pane.password != "" {
		t.Errorf("%q %q", p.view, p.pane.password)
	}
}

// remembers reports whether the draft in memory holds a text.
func (d *desk) remembers(t *testing.T, text string) bool {
	t.Helper()
	var raw json.RawMessage
	return d.Memory().Get(draftName, &raw) && strings.Contains(string(raw), text)
}

func TestChange(t *testing.T) {
	d := newDesk(t, "vi", "light", 1)
	p, _ := open(t, d)
	p.choose("so.nnmt")
	f := p.pane.form
	if got := f.draft().Areas; !slices.Equal(got, []asked{{"49-tam-ky", "01/01/2026", "31/12/2026"}}) {
		t.Fatalf("%q", got)
	}
	p.pane.submit()
	if len(d.asked) != 1 || p.pane.said == "" {
		t.Fatalf("nothing changed, and yet: %q", d.asked)
	}
	f.terms[0].until.SetText("30-6-2027")
	p.pane.submit()
	want := `PATCH /api/users/so.nnmt {"areas":[{"area":"49-tam-ky","from":"2026-01-01","until":"2027-06-30"}]}`
	if d.asked[1] != want {
		t.Fatalf("%q", d.asked)
	}
	if p.view != viewUser || p.of != "so.nnmt" || d.asked[2] != "GET /api/users" {
		t.Errorf("%q %q %q", p.view, p.of, d.asked)
	}
}

// TestUnit: an administrator chooses the agency somebody works for; it is in the list,
// survives a change of language half-chosen, and one that is known no more stays.
func TestUnit(t *testing.T) {
	d := newDesk(t, "vi", "light", 1)
	d.Tell(t, world.AgencyDefined{ID: "so-nnmt", Name: "Sở Nông nghiệp và Môi trường", Short: "Sở NN&MT"}, world.AgencyDefined{ID: "so-xd", Name: "Sở Xây dựng"})
	all := people()
	all["users"].([]user)[5].Unit = "phong-cu"
	d.answers["GET /api/users"] = all
	p, _ := open(t, d)
	p.choose("so.nnmt")
	f := p.pane.form
	f.unit.SetSelected("Sở Nông nghiệp và Môi trường")
	if !f.touched() || f.draft().Unit != "so-nnmt" {
		t.Errorf("%+v", f.draft())
	}
	p.pane.submit()
	if want := `PATCH /api/users/so.nnmt {"unit":"so-nnmt"}`; d.asked[1] != want {
		t.Fatalf("%q", d.asked)
	}
	if got := p.place(&user{Unit: "so-nnmt", Areas: []term{{Area: "49"}}}); got != "Sở NN&MT · Quảng Nam" {
		t.Errorf("the list says %q", got)
	}
	p.choose("nuithanh")
	if f := p.pane.form; f.chosenUnit() != "phong-cu" || f.touched() {
		t.Errorf("an agency that is gone becomes %q", f.chosenUnit())
	}
	d.Tell(t, world.AgencyDefined{ID: "tyt-1", Name: "Trạm Y tế"}, world.AgencyDefined{ID: "tyt-2", Name: "Trạm Y tế"})
	p.choose("so.nnmt")
	f = p.pane.form
	if f.unit.SetSelectedIndex(slices.Index(f.units, "tyt-2")); f.chosenUnit() != "tyt-2" {
		t.Errorf("of two agencies of one name the other is chosen: %q", f.chosenUnit())
	}
}

// TestEdges: a choice has the edge of a control, in both themes, and a name stands at
// the height of the button beside it.
func TestEdges(t *testing.T) {
	for name, th := range map[string]look.Theme{"dark": look.Dark(), "light": look.Light()} {
		d := newDesk(t, "vi", name, 1)
		p, _ := open(t, d)
		p.choose("so.nnmt")
		img := d.Shot(t, p, "users-edges-"+name, 1366, 700)
		drv := fyne.CurrentApp().Driver()
		for _, s := range []*widget.Select{p.pane.form.role, p.pane.form.unit} {
			at := drv.AbsolutePositionForObject(s)
			y, best := int(at.Y+s.Size().Height/2), 0.0
			for x := int(at.X) - 1; x <= int(at.X)+1; x++ {
				best = max(best, look.Contrast(img.RGBAAt(x, y), th.S1))
			}
			if best < 1.5 { // a line of one pixel is painted over two, half each
				t.Errorf("%s: the edge at %v has a contrast of %.1f", name, at, best)
			}
		}
		row := p.pane.form.areas.Objects[0].(*fyne.Container)
		middle := func(o fyne.CanvasObject) float32 {
			return drv.AbsolutePositionForObject(o).Y + o.Size().Height/2
		}
		text := row.Objects[0].(*fyne.Container).Objects[1]
		if d := middle(text) - middle(row.Objects[1]); d < -1 || d > 1 {
			t.Errorf("%s: the area's name stands %.1f off its button", name, d)
		}
	}
}

// TestTwice: what cannot be taken back asks a second time and names whom.
func TestTwice(t *testing.T) {
	d := newDesk(t, "vi", "dark", 1)
	d.answers["POST /api/users/mai/reset"] = map[string]string{"password": "wxyz-0000"}
	d.answers["PATCH /api/users/admin"] = &page.Refusal{Status: 409, Code: "last-admin", Text: "x"}
	p, _ := open(t, d)
	p.choose("mai")
	press(t, p, "Cấp lại mật khẩu")
	if len(d.asked) != 1 {
		t.Fatalf("%q", d.asked)
	}
	press(t, p, "Bấm lần nữa: mật khẩu cũ của mai")
	if d.asked[1] != `POST /api/users/mai/reset {"factor":false}` || p.pane.password != "wxyz-0000" {
		t.Fatalf("%q %q", d.asked, p.pane.password)
	}
	p.Key(&fyne.KeyEvent{Name: fyne.KeyEscape})
	p.choose("mai")
	press(t, p, "Kết thúc mọi phiên")
	press(t, p, "Bấm lần nữa: mai phải đăng nhập lại")
	if !slices.Contains(d.asked, "DELETE /api/users/mai/sessions") {
		t.Fatalf("%q", d.asked)
	}
	p.choose("admin")
	press(t, p, "Khoá tài khoản")
	press(t, p, "Bấm lần nữa: khoá admin")
	if !strings.HasPrefix(p.pane.said, "Đây là quản trị viên cuối cùng") {
		t.Errorf("%q", p.pane.said)
	}
}

func TestLinksAndRights(t *testing.T) {
	d := newDesk(t, "vi", "dark", 1)
	p := New(d).(*Page)
	if !p.Open(page.Link{Kind: "user", ID: "mai"}) {
		t.Fatal("a link before the list is refused")
	}
	p.Shown(true)
	if p.view != viewUser || p.of != "mai" || !strings.Contains(p.Title(), "mai") {
		t.Fatalf("%q %q", p.view, p.of)
	}
	if p.Open(page.Link{Kind: "user", ID: "nobody"}) || p.Open(page.Link{Kind: "alert", ID: "x"}) {
		t.Error("it opens what it cannot")
	}
	p.Close()
	d.answers["GET /api/users"] = &page.Refusal{Status: 403, Code: "denied", Text: "no"}
	denied, _ := open(t, d)
	if denied.loaded {
		t.Error("who may not see it sees it")
	}
}

// TestHalfTyped: language or theme changes, and what was typed is there again.
func TestHalfTyped(t *testing.T) {
	d := newDesk(t, "vi", "dark", 1)
	p, _ := open(t, d)
	p.Rune('n')
	write(p.pane.form.name, "Huyfnh Ddwcs")
	p.pane.form.take("49-dai-loc")
	p.Close()
	next, _ := open(t, d)
	if next.view != viewNew || next.pane.form.name.Text() != "Huỳnh Đức" && next.pane.form.name.Text() != "Huỳnh Ddwcs" {
		t.Errorf("%q %q", next.view, next.pane.form.name.Text())
	}
	if len(next.pane.form.terms) != 1 {
		t.Errorf("%d areas", len(next.pane.form.terms))
	}
}

func TestDay(t *testing.T) {
	for text, want := range map[string]string{"": "", "31/12/2026": "2026-12-31", "1/2/2026": "2026-02-01", " 2026-12-31 ": "2026-12-31", "1.2.2026": "2026-02-01"} {
		if got, err := day(text); got != want || err != nil {
			t.Errorf("%q: %q, %v", text, got, err)
		}
	}
	for _, text := range []string{"31/11/2026", "mai", "2026", "12/31/2026"} {
		if got, err := day(text); err == nil {
			t.Errorf("%q is %q", text, got)
		}
	}
}

// TestPictures renders the page; with IOCWALL_GALLERY set to a folder the pictures are
// kept there for people to judge.
func TestPictures(t *testing.T) {
	for _, c := range []struct {
		name, lang, theme string
		text              float64
		w, h              int
	}{{"dark-vi", "vi", "dark", 1, 1920, 984}, {"light-en", "en", "light", 1, 1366, 700}, {"light-vi-large", "vi", "light", 1.5, 1366, 700}, {"dark-en-large", "en", "dark", 1.5, 1366, 660}} {
		d := newDesk(t, c.lang, c.theme, c.text)
		d.answers["POST /api/users/mai/reset"] = map[string]string{"password": "abcd-efgh-jkmn-pqrs"}
		p, w := open(t, d)
		w.Resize(fyne.NewSize(float32(c.w), float32(c.h)))
		d.Shot(t, p, "users-"+c.name, c.w, c.h)
		if shown, all := p.list.Count(); shown != 6 || all != 6 {
			t.Errorf("%d of %d", shown, all)
		}
		p.choose("so.nnmt")
		d.Shot(t, p, "users-one-"+c.name, c.w, c.h)
		p.Rune('n')
		p.pane.submit() // every field says what it lacks
		d.Shot(t, p, "users-new-"+c.name, c.w, c.h)
		p.choose("mai")
		p.pane.reset(false)
		d.Shot(t, p, "users-secret-"+c.name, c.w, c.h)
	}
}
