package console

import (
	"testing"
	"time"

	"iocwall/server/world"
)

// looks are the windows that are looked at.
func looks() map[string]struct {
	w, h float32
	look Look
} {
	return map[string]struct {
		w, h float32
		look Look
	}{
		"vi-dark-1920":     {1920, 1080, Look{"vi", "dark", 1}},
		"en-light-1920":    {1920, 1080, Look{"en", "light", 1}},
		"vi-light-1366":    {1366, 768, Look{"vi", "light", 1}},
		"en-dark-1366-150": {1366, 768, Look{"en", "dark", 1.5}},
		"vi-dark-1920-150": {1920, 1080, Look{"vi", "dark", 1.5}},
	}
}

// TestPictures renders the window and what may lie over it, in both languages and
// themes, at both sizes of screen and with large text.
func TestPictures(t *testing.T) {
	for name, k := range looks() {
		t.Run(name, func(t *testing.T) {
			s := newStand(t, k.w, k.h, k.look)
			s.apply(wall27()...)
			s.tick(0)
			s.c.Desk().Did("Trả cảnh “Ngày thường”", func() {})
			s.tick(0)
			s.keep(name + "-bar")
			s.c.openHelp()
			s.keep(name + "-help")
			s.c.openPerson()
			s.keep(name + "-menu")
			s.c.desk.Save("canh-bao-2026-11-21.csv", func() ([]byte, error) { return nil, nil })
			s.keep(name + "-save")
			s.c.drop()
			s.apply(alert("CB-1", world.Critical, "Lũ Câu Lâu 4,12 m, trên báo động 3 là 0,12 m", noon),
				alert("CB-2", world.Severe, "Mất tín hiệu QNa-90123-TS, 6 giờ 10 phút", noon),
				alert("CB-3", world.Warning, "12 camera tối, một nguyên nhân: thiết bị mạng SW-TK-03 tắt 09:18, đang chờ điện", noon),
				alert("CB-4", world.Warning, "Trạm KK-07 im 3 giờ 12 phút", noon))
			s.tick(time.Second)
			s.keep(name + "-notices")
			s.tick(time.Minute)
			s.c.openSearch()
			s.keep(name + "-search-empty")
			s.typed("tam ky")
			s.keep(name + "-search")
			s.c.find.Ask("không có gì như vậy")
			s.keep(name + "-search-none")
			s.c.drop()
			s.away = 3 * time.Minute
			s.tick(time.Second)
			s.keep(name + "-away")
		})
	}
}
