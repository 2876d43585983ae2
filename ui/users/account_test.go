package users

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"iocwall/ui/field"
	"iocwall/ui/page"
)

func openAccount(t *testing.T, d *desk) *Account {
	t.Helper()
	d.Who = page.Person{Login: "mai", Name: "Trần Thị Mai", Role: "operator", Expires: ict("2026-11-21 20:00")}
	d.answers["GET /api/me/sessions"] = map[string]any{"sessions": []session{
		{ID: "s1", Created: ict("2026-11-21 06:58"), Used: ict("2026-11-21 09:42"), Expires: ict("2026-11-21 20:00"), From: "10.1.2.3", Current: true},
		{ID: "s2", Created: ict("2026-11-20 13:00"), Used: ict("2026-11-20 19:00"), Expires: ict("2026-11-21 23:00"), From: "10.1.2.9"},
	}}
	a := NewAccount(d).(*Account)
	t.Cleanup(a.Close)
	w := test.NewWindow(a.Object())
	t.Cleanup(w.Close)
	w.Resize(fyne.NewSize(1366, 700))
	a.Shown(true)
	return a
}

func TestAccountPassword(t *testing.T) {
	d := newDesk(t, "vi", "dark", 1)
	a := openAccount(t, d)
	type3 := func(old, next, again string) {
		for name, text := range map[string]string{"old": old, "next": next, "again": again} {
			a.fields[name].SetText(text)
		}
		a.submit()
	}
	type3("cũ", "ngắn", "ngắn")
	type3("cũ", "bốn con ngựa tím", "bốn con ngựa xanh")
	type3("bốn con ngựa tím", "bốn con ngựa tím", "bốn con ngựa tím")
	if len(d.asked) != 1 {
		t.Fatalf("%q", d.asked)
	}
	d.answers["POST /api/me/password"] = &page.Refusal{Status: 422, Code: "wrong"}
	type3("cũ", "bốn con ngựa tím", "bốn con ngựa tím")
	if a.note.Text != "Mật khẩu đang dùng không đúng" {
		t.Fatalf("%q", a.note.Text)
	}
	d.answers["POST /api/me/password"] = &page.Refusal{Status: 422, Code: "weak", Say: "weak.regular", Text: "Mật khẩu quá đều đặn"} // the desk has put it into words
	type3("cũ", "bốn con ngựa tím", "bốn con ngựa tím")
	if a.note.Text != "Mật khẩu quá đều đặn" {
		t.Fatalf("%q", a.note.Text)
	}
	delete(d.answers, "POST /api/me/password")
	a.submit()
	if a.fields["next"].Text() != "" || !strings.Contains(d.asked[3], `"new":"bốn con ngựa tím"`) {
		t.Errorf("%q", d.asked)
	}
}

func TestAccountSessions(t *testing.T) {
	d := newDesk(t, "vi", "light", 1)
	a := openAccount(t, d)
	if len(a.sessions) != 2 {
		t.Fatalf("%v", a.sessions)
	}
	a.end("s2")
	if !slices.Contains(d.asked, "DELETE /api/me/sessions/s2") {
		t.Errorf("%q", d.asked)
	}
	for _, o := range a.mine.Objects {
		if r, ok := o.(*widget.RadioGroup); ok {
			r.SetSelected("VNI")
		}
	}
	if field.Load(d.Memory()).Method != field.VNI {
		t.Errorf("%v", field.Load(d.Memory()))
	}
}

func TestAccountPictures(t *testing.T) {
	for _, c := range []struct {
		name, lang, theme string
		text              float64
	}{{"dark-vi", "vi", "dark", 1}, {"light-en", "en", "light", 1}, {"light-vi-large", "vi", "light", 1.5}, {"dark-en-large", "en", "dark", 1.5}} {
		d := newDesk(t, c.lang, c.theme, c.text)
		a := openAccount(t, d)
		img := d.Shot(t, a, "account-"+c.name, 1366, 700)
		if img.Bounds().Dx() != 1366 {
			t.Error(img.Bounds())
		}
	}
}
