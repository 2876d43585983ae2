package why

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"iocwall/geo"
	"iocwall/geo/tiles/archive"
	"iocwall/server/expr"
	"iocwall/ui/page"
	"iocwall/ui/words"
)

// TestWords: people read the server's own words or those of the catalogue, and what it
// was is not lost.
func TestWords(t *testing.T) {
	l, err := words.Load("vi")
	if err != nil {
		t.Fatal(err)
	}
	odd := errors.New("invalid character '<'")
	for _, c := range []struct {
		err         error
		told, asked string
		logged      bool
	}{
		{nil, "", "", false},
		{&page.Refusal{Status: 409, Code: "taken", Text: "the login is taken"}, "the login is taken", "the login is taken", false},
		{&page.Refusal{Status: 404, Code: "gone", Say: "wall.unknown", Values: map[string]string{"wall": "x"}, Text: "there is no wall"}, "Không có tường “x”", "Không có tường “x”", false},
		{&page.Refusal{Status: 502, After: time.Second}, "Máy chủ trả lời 502 mà không nói lý do.", "Máy chủ trả lời 502 mà không nói lý do.", true},
		{fmt.Errorf("%w: connection refused", page.ErrAway), l.T("call.away"), l.T("call.away"), true},
		{odd, odd.Error(), l.T("call.failed"), true},
	} {
		var log strings.Builder
		asked := Asked(l, slog.New(slog.NewTextHandler(&log, nil)), "/api/x", c.err)
		if logged := strings.Contains(log.String(), "/api/x"); logged != c.logged {
			t.Errorf("%v: logged %v", c.err, logged)
		}
		for how, got := range map[string]error{c.told: Told(l, c.err), c.asked: asked} {
			if (got == nil) != (c.err == nil) || got != nil && got.Error() != how {
				t.Errorf("%v is said as %v, want %q", c.err, got, how)
			}
			var was, is *page.Refusal
			if errors.As(c.err, &was) && (!errors.As(got, &is) || is.Status != was.Status || is.Code != was.Code || is.After != was.After) {
				t.Errorf("%v became %v", c.err, got)
			}
			if was == nil && !errors.Is(got, c.err) {
				t.Errorf("%v is lost in %v", c.err, got)
			}
		}
	}
}

// TestFetched: a camera whose pictures are not kept says so in the person's language.
func TestFetched(t *testing.T) {
	l, err := words.Load("vi")
	if err != nil {
		t.Fatal(err)
	}
	if Fetched(l, nil) != nil {
		t.Error("something is fetched from nowhere")
	}
	fetch := Fetched(l, func(context.Context, string, string, time.Time, time.Time) (io.ReadCloser, error) {
		return nil, &page.Refusal{Status: 404, Say: "camera.noreplay", Values: map[string]string{"camera": "Cầu Câu Lâu"}, Text: "this stream is not kept for replay"}
	})
	if _, err := fetch(t.Context(), "c", "main", time.Time{}, time.Time{}); err == nil || !strings.HasPrefix(err.Error(), "Hình của camera Cầu Câu Lâu không được lưu") {
		t.Errorf("%v", err)
	}
}

// TestPlain: what is wrong is said in the person's language whatever it is, as far as
// there are words.
func TestPlain(t *testing.T) {
	l, err := words.Load("vi")
	if err != nil {
		t.Fatal(err)
	}
	env, err := expr.NewEnv(expr.Var{Name: "speed", Type: expr.Number})
	if err != nil {
		t.Fatal(err)
	}
	wrong := func(src string) error {
		_, err := expr.Compile(src, env, expr.Options{Want: expr.Truth})
		return err
	}
	for _, c := range []struct {
		err  error
		want string
	}{
		{wrong("toc_do > 5"), "Không có tên “toc_do” (cột 1)"},
		{wrong("spede > 5"), "Không có tên “spede” (cột 1); có phải là “speed”?"},
		{wrong("speed"), "Biểu thức cho ra số, ở đây cần đúng/sai"},
		{fmt.Errorf("fetch: %w", page.ErrAway), l.T("call.away")},
		{fmt.Errorf("get: %w", &net.OpError{Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}), "không nối được máy chủ"},
		{fmt.Errorf("get: %w", &net.DNSError{Err: "no such host", Name: "tiles.example.vn"}), "không tìm thấy máy chủ"},
		{fmt.Errorf("get: %w", context.DeadlineExceeded), "máy chủ trả lời quá lâu"},
		{fmt.Errorf("fetch: %w", &page.Refusal{Status: 404, Say: "layer.damaged", Text: "damaged"}), "Tệp của lớp bị mất hoặc hỏng; nhập lại"},
		{fmt.Errorf("look: %w", errors.Join(wrong("toc_do > 5"), wrong("speed"))), "Không có tên “toc_do” (cột 1); Biểu thức cho ra số, ở đây cần đúng/sai"},
		{errors.New("odd"), "odd"},
		{archive.Said(errors.New("no room"), "tiles.room", "zoom", "12", "n", "128"), "Nền ở mức 12 cần hơn 128 MiB nên tạm vẽ thô hơn; bớt bản đồ đang mở hoặc tăng --map-memory"},
		{fmt.Errorf("tile 12/3230/1890 of x: %w", &archive.PausedError{Host: "tiles.example.vn", Reason: archive.Said(errors.New("it refuses"), "tiles.refused", "status", "403")}), "Chờ rồi hỏi lại tiles.example.vn: Máy chủ bản đồ từ chối (403); xem lại khoá hoặc mật khẩu trong địa chỉ"},
		{fmt.Errorf("tile 1/0/0 of x: %w", archive.Said(archive.ErrBroken, "tiles.broken")), "Ô bản đồ bị hỏng; chép lại tệp hoặc báo nơi cung cấp"},
		{fmt.Errorf("read the features of layer x: %w", geo.EachFeature(strings.NewReader(`{"type":"Featur`), nil)), l.T("no.shape.cut", "n", "15")},
		{fmt.Errorf("read the features of layer x: %w", geo.EachFeature(strings.NewReader("[]"), nil)), "Tệp không phải GeoJSON; xuất lại theo định dạng GeoJSON"},
		{wrong("speed > 3 and ("), "Không hiểu ở cột 15"},
	} {
		if got := Plain(l, c.err); got != c.want {
			t.Errorf("%v is %q, want %q", c.err, got, c.want)
		}
	}
}
