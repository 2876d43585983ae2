package paper

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"iocwall/ui/words"
)

var noon = time.Date(2026, 11, 21, 9, 42, 7, 0, time.FixedZone("ICT", 7*3600))

func lang(t testing.TB, code string) *words.Lang {
	t.Helper()
	l, err := words.Load(code)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// alert is an alert's page as it is printed.
func alert(t testing.TB) Document {
	img := image.NewRGBA(image.Rect(0, 0, 400, 200))
	for i := range img.Pix {
		img.Pix[i] = 0xDD
	}
	img.Set(200, 100, color.Black)
	return Document{
		Lang: lang(t, "vi"), Province: "Thành phố Đà Nẵng", Kind: "Cảnh báo CB-0412", State: "Khẩn cấp",
		Title: "Lũ sông Thu Bồn tại Câu Lâu 4,12 m, trên báo động 3 (4,00 m) 0,12 m", By: "Trần Thị Mai", At: noon,
		Source: "máy chủ IOC Wall, số liệu lúc 09:42:05, 2,0 s trước",
		Sections: []Section{
			{Title: "Thông tin", Facts: []Fact{{"Nội dung", "Mực nước ≥ 4,00 m trong 10 phút, chênh −0,3 m; ẪỘỂ ĂÂĐÊÔƠƯ đường đời"}, {"Quy tắc", "Lũ BĐ3"}, {"Vị trí", "15°51,6′B 108°16,8′Đ"}}},
			{Title: "Việc phải làm", Steps: []string{"Báo xã Duy Xuyên, phường Hội An", "Phát tin cảnh báo cấp 2 ra dân"}},
			{Title: "Ở đâu", Picture: img},
			{Title: "Đã xảy ra", Table: &Table{Columns: []Column{{"Lúc", 1, false}, {"Việc", 5, false}}, Rows: [][]string{{"09:31", "Quy tắc “Lũ BĐ3” mở cảnh báo"}, {"09:33", "Trần Thị Mai nhận"}}}},
		},
	}
}

// many is a list of many rows.
func many(t testing.TB, n int) Document {
	d := Document{Lang: lang(t, "vi"), Province: "Thành phố Đà Nẵng", Title: "Danh sách · Tàu", By: "Trần Thị Mai", At: noon, Source: "máy chủ", Wide: true}
	tb := &Table{Columns: []Column{{"Tên tàu", 2, false}, {"MMSI", 1, false}, {"Tốc độ", 1, true}, {"Nơi đến", 2, false}}}
	for i := range n {
		tb.Rows = append(tb.Rows, []string{fmt.Sprintf("QNa-%05d-TS", i), fmt.Sprint(574000000 + i), "7,2 nút", "Cảng Kỳ Hà, xã Núi Thành, thành phố Đà Nẵng, Việt Nam"})
	}
	d.Sections = []Section{{Title: fmt.Sprintf("%d mục", n), Table: tb}}
	return d
}

// tool skips a test where a program is missing.
func tool(t *testing.T, name string) string {
	t.Helper()
	p, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("%s is not installed", name)
	}
	return p
}

// file writes a document to a file; with IOCWALL_GALLERY its sheets are kept as
// pictures.
func file(t *testing.T, name string, d Document) string {
	t.Helper()
	b, err := PDF(d)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), name+".pdf")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	if dir := os.Getenv("IOCWALL_GALLERY"); dir != "" {
		if err := exec.Command("pdftoppm", "-r", "70", "-png", path, filepath.Join(dir, "paper-"+name)).Run(); err != nil {
			t.Log(err)
		}
	}
	return path
}

// TestText reads what was printed back: Vietnamese is whole, and each sheet says who,
// when, the source and its number.
func TestText(t *testing.T) {
	read := tool(t, "pdftotext")
	for _, c := range []struct {
		name  string
		d     Document
		pages int
		want  []string
	}{
		{"alert", alert(t), 1, []string{"Lũ sông Thu Bồn tại Câu Lâu 4,12 m", "ẪỘỂ ĂÂĐÊÔƠƯ đường đời", "15°51,6′B", "Quy tắc “Lũ BĐ3” mở cảnh báo", "Khẩn cấp", "–0,3", ">= 4,00 m"}},
		{"list", many(t, 120), 5, []string{"QNa-00000-TS", "QNa-00119-TS", "120 mục"}},
	} {
		path := file(t, c.name, c.d)
		out, err := exec.Command(read, "-layout", path, "-").Output()
		if err != nil {
			t.Fatal(err)
		}
		text := string(out)
		for _, w := range c.want {
			if !strings.Contains(text, w) {
				t.Errorf("%s does not say %q:\n%s", c.name, w, text)
			}
		}
		sheets := strings.Split(strings.TrimRight(text, "\f"), "\f")
		if len(sheets) != c.pages {
			t.Errorf("%s has %d sheets, want %d", c.name, len(sheets), c.pages)
		}
		for i, s := range sheets {
			for _, w := range []string{"Thành phố Đà Nẵng", "In 21/11/2026 09:42 · Trần Thị Mai", "Nguồn: máy chủ", fmt.Sprintf("Trang %d/%d", i+1, len(sheets))} {
				if !strings.Contains(s, w) {
					t.Errorf("%s, sheet %d does not say %q", c.name, i+1, w)
				}
			}
		}
	}
}

// TestWhole: a document is a PDF of the size of the paper whatever is in it.
func TestWhole(t *testing.T) {
	for name, d := range map[string]Document{
		"empty":   {Lang: lang(t, "en"), At: noon},
		"strange": {Lang: lang(t, "vi"), Title: "a\x00b\u0301 \U0001F6A2 \\ ( )", At: noon, Sections: []Section{{Table: &Table{}}, {Table: &Table{Columns: []Column{{"x", 0, true}}, Rows: [][]string{nil, {"1", "2"}}}}}},
		"alert":   alert(t), "list": many(t, 30),
	} {
		b, err := PDF(d)
		if err != nil || !bytes.HasPrefix(b, []byte("%PDF-")) || !bytes.Contains(b, []byte("%%EOF")) {
			t.Errorf("%s: %d bytes, %v", name, len(b), err)
		}
	}
	if _, err := PDF(Document{}); err == nil {
		t.Error("a document without a language is printed")
	}
}

// TestBound: a list without end does not become a file without end.
func TestBound(t *testing.T) {
	d := many(t, mostRows+10)
	b, err := PDF(d)
	if err != nil || len(b) > 4<<20 {
		t.Errorf("%d bytes, %v", len(b), err)
	}
}

// TestPrint hands the file to the system's printing, by a stand-in for it.
func TestPrint(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("PATH", dir)
	ctx := context.Background()
	if err := Print(ctx, []byte("x"), "t"); !errors.Is(err, ErrNoPrinter) {
		t.Errorf("without lp: %v", err)
	}
	stand := func(script string) {
		if err := os.WriteFile(filepath.Join(dir, "lp"), []byte("#!/bin/sh\n"+script), 0o700); err != nil { //nolint:gosec // it must run
			t.Fatal(err)
		}
	}
	got := filepath.Join(dir, "got")
	stand("/bin/cat > " + got + "\necho \"$@\" >> " + got + "\n")
	if err := Print(ctx, []byte("%PDF"), "-t -o evil"); err != nil {
		t.Fatal(err)
	}
	if b, _ := os.ReadFile(got); string(b) != "%PDF-t t -o evil -\n" {
		t.Errorf("lp got %q", b)
	}
	stand("echo 'lp: Error - No default destination available.' >&2; exit 1\n")
	if err := Print(ctx, nil, "t"); !errors.Is(err, ErrNoPrinter) {
		t.Errorf("without a printer: %v", err)
	}
	stand("echo 'out of paper' >&2; exit 1\n")
	if err := Print(ctx, nil, "t"); err == nil || !strings.Contains(err.Error(), "out of paper") {
		t.Errorf("a printer that refuses: %v", err)
	}
}
