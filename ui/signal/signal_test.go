package signal

import (
	"go/ast"
	"go/parser"
	"go/token"
	"image"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"iocwall/media"
	"iocwall/ui/signal/health"
	"iocwall/ui/words"
)

var now = time.Date(2026, 11, 21, 9, 42, 7, 0, time.UTC)

func speak(t *testing.T, code string) *words.Lang {
	t.Helper()
	l, err := words.Load(code)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func stats(s media.State, r media.Reason) media.Stats {
	return media.Stats{
		State: s, Reason: r, Since: now.Add(-14 * time.Second), Stream: "main", Source: image.Pt(640, 360),
		Picture: now.Add(-14 * time.Second), Retries: 3,
	}
}

// reasons reads all that a player or a relay can say is wrong.
func reasons(t *testing.T) []string {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), "../../media/rtsp/reason.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	ast.Inspect(f, func(n ast.Node) bool {
		v, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if of, ok := v.Type.(*ast.Ident); ok && of.Name == "Reason" {
			for _, x := range v.Values {
				code, err := strconv.Unquote(x.(*ast.BasicLit).Value)
				if err != nil {
					t.Fatal(err)
				}
				out = append(out, code)
			}
		}
		return true
	})
	if len(out) < 20 {
		t.Fatalf("only %q found: the test looks at the wrong place", out)
	}
	return out
}

// TestEveryReasonHasWords: no reason of a player or a relay reaches people as a code,
// no two say the same, and no words are left of one that has gone.
func TestEveryReasonHasWords(t *testing.T) {
	all := reasons(t)
	for _, code := range words.Codes() {
		l := speak(t, code)
		said := map[string]string{}
		for _, r := range all {
			text, short := health.Why(l, r)
			if r == "" {
				if text+short != "" {
					t.Errorf("%s: nothing wrong is said to be %q, %q", code, text, short)
				}
				continue
			}
			if text == r || !l.Has("camera.why."+r+".short") {
				t.Errorf("%s: no words for %q", code, r)
			}
			if n := len([]rune(text)); n > 60 {
				t.Errorf("%s: %q has %d letters", code, text, n)
			}
			for _, w := range []string{text, short} {
				if other, twice := said[w]; twice && other != r {
					t.Errorf("%s: %q and %q are both %q", code, other, r, w)
				}
				said[w] = r
			}
		}
		for _, k := range l.Keys() {
			if r, ok := strings.CutPrefix(k, "camera.why."); ok && !slices.Contains(all, strings.TrimSuffix(r, ".short")) {
				t.Errorf("%s: %q is no reason any more", code, k)
			}
		}
		if text, short := health.Why(l, "of-tomorrow"); text != "of-tomorrow" || short != text {
			t.Errorf("%s: a code of a newer program is %q, %q", code, text, short)
		}
	}
}

// TestReasonsAreSaid: a tile whose picture is not live says why, each reason in other
// words, the shortest form included.
func TestReasonsAreSaid(t *testing.T) {
	for _, code := range words.Codes() {
		l := speak(t, code)
		full, least := map[string]string{}, map[string]string{}
		for state, why := range map[media.State][]media.Reason{
			media.StateLate: {media.ReasonLate, media.ReasonOverloaded, media.ReasonCatchingUp},
			media.StateFrozen: {
				media.ReasonUnchanged, media.ReasonNoKeyFrame, media.ReasonWaitingKey, media.ReasonDecoderErrors, media.ReasonNoUnits,
				media.ReasonOverloaded,
			},
			media.StateNoSignal: {
				media.ReasonNoPackets, media.ReasonUnreachable, media.ReasonTimeout, media.ReasonDisconnected, media.ReasonNotFound,
				media.ReasonNoVideo, media.ReasonNotAdmitted, media.ReasonUnsupported, media.ReasonUntrusted, media.ReasonDecoderErrors,
				media.ReasonNoKeyFrame, media.ReasonNoUnits, media.ReasonOverloaded, media.ReasonBadStream, media.ReasonFailed,
			},
			media.StateFull: {media.ReasonFull},
		} {
			for _, r := range why {
				f := Of(l, View{Stats: stats(state, r), Now: now})
				name := string(state) + " (" + string(r) + ")"
				if f.Plate == nil || len(f.Note) == 0 || f.Fine {
					t.Errorf("%s: %s says nothing: %+v", code, name, f)
					continue
				}
				_, short := health.Why(l, string(r))
				if got := f.Note[len(f.Note)-1]; got != short {
					t.Errorf("%s: with the least room %s says %q, want %q", code, name, got, short)
				}
				for said, text := range map[*map[string]string]string{&full: f.Plate.Text + f.Note[0], &least: f.Plate.Text + f.Note[len(f.Note)-1]} {
					if other, twice := (*said)[text]; twice {
						t.Errorf("%s: %s and %s both say %q", code, other, name, text)
					}
					(*said)[text] = name
				}
			}
		}
	}
}

// TestTheFaultIsNotTheSignals: of packets that come and make no picture, and of a right
// that has ended, it is not said that the signal is lost.
func TestTheFaultIsNotTheSignals(t *testing.T) {
	l := speak(t, "vi")
	for r, want := range map[media.Reason]string{
		media.ReasonNoPackets: "MẤT TÍN HIỆU 14 giây", media.ReasonUnreachable: "MẤT TÍN HIỆU 14 giây", media.ReasonNotFound: "MẤT TÍN HIỆU 14 giây",
		media.ReasonNotAdmitted: "MẤT HÌNH 14 giây", media.ReasonDecoderErrors: "MẤT HÌNH 14 giây", media.ReasonNoKeyFrame: "MẤT HÌNH 14 giây",
	} {
		if f := Of(l, View{Stats: stats(media.StateNoSignal, r), Now: now}); f.Plate.Text != want || !f.Grey {
			t.Errorf("%s: %q, want %q", r, f.Plate.Text, want)
		}
	}
}

// TestRetriesAreSaidWhereTheyAre: the next try stands behind the reason, and nothing is
// counted where nothing is tried or no try helps.
func TestRetriesAreSaidWhereTheyAre(t *testing.T) {
	l := speak(t, "vi")
	for name, c := range map[string]struct {
		reason media.Reason
		tries  int
		next   time.Duration
		want   []string
	}{
		"waiting":   {media.ReasonUnreachable, 3, 7500 * time.Millisecond, []string{"Không kết nối được – nối lại lần 3, sau 8 giây", "Không kết nối được – nối lại sau 8 giây", "Không nối được – nối lại lần 3, sau 8 giây", "Không nối được – nối lại sau 8 giây", "Không kết nối được", "Không nối được"}},
		"trying":    {media.ReasonTimeout, 3, 0, []string{"Không có phản hồi – đang nối lại, lần 3", "Không có phản hồi – nối lại lần 3", "Không phản hồi – đang nối lại, lần 3", "Không phản hồi – nối lại lần 3", "Không có phản hồi", "Không phản hồi"}},
		"connected": {media.ReasonNoPackets, 0, 0, []string{"Không có gói tin đến", "Không gói tin"}},
		"no right":  {media.ReasonNotAdmitted, 300, time.Second, []string{"Hết quyền xem, chờ máy chủ", "Hết quyền xem"}},
	} {
		v := View{Stats: stats(media.StateNoSignal, c.reason), Now: now}
		v.Stats.Retries = c.tries
		if c.next > 0 {
			v.Stats.NextTry = now.Add(c.next)
		}
		if f := Of(l, v); !slices.Equal(f.Note, c.want) {
			t.Errorf("%s: %q, want %q", name, f.Note, c.want)
		}
	}
}

// TestLateIsNotSteppedDown: a tile that plays the small stream by choice does not say
// that it was stepped down, and one that was says why pictures are late, too.
func TestLateIsNotSteppedDown(t *testing.T) {
	l := speak(t, "vi")
	v := View{Main: "main", Now: now, Stats: stats(media.StateLate, media.ReasonLate)}
	v.Stats.Stream = "sub"
	for _, c := range []struct {
		reason  media.Reason
		stepped bool
		want    []string
	}{
		{media.ReasonLate, false, []string{"Mạng hoặc camera chậm", "Hình đến muộn"}},
		{media.ReasonOverloaded, false, []string{"Máy này giải mã không kịp", "Máy quá tải"}},
		{media.ReasonOverloaded, true, []string{"Máy này giải mã không kịp – đã hạ xuống luồng phụ 640×360", "Máy này giải mã không kịp – bản nhỏ", "Máy quá tải – đã hạ xuống luồng phụ 640×360", "Máy quá tải – bản nhỏ", "Máy này giải mã không kịp", "Máy quá tải"}},
	} {
		v.Stats.Reason, v.Stats.Stepped = c.reason, c.stepped
		if f := Of(l, v); !slices.Equal(f.Note, c.want) {
			t.Errorf("%s, stepped %v: %q, want %q", c.reason, c.stepped, f.Note, c.want)
		}
	}
}

// TestKeyFramesOverdueAreMarked: a picture that goes on without key frames is live, and
// all is not well: who comes next sees nothing.
func TestKeyFramesOverdueAreMarked(t *testing.T) {
	for code, want := range map[string]string{"vi": "Thiếu khung hình khoá", "en": "Key frames overdue"} {
		v := View{Now: now, Stats: stats(media.StateLive, media.ReasonNone)}
		if f := Of(speak(t, code), v); !f.Fine || f.Mark != "live" {
			t.Errorf("%s: a live camera: %+v", code, f)
		}
		v.Stats.KeyInterval, v.Stats.KeyOverdue = time.Second, true
		f := Of(speak(t, code), v)
		if f.Fine || f.Mark != "notice-open" || f.Grey || f.Plate != nil || len(f.Note) == 0 || f.Note[0] != want {
			t.Errorf("%s: %+v", code, f)
		}
	}
}

// TestOpeningSaysWhatItWaitsFor: not all that keeps a first picture away is a key frame.
func TestOpeningSaysWhatItWaitsFor(t *testing.T) {
	l := speak(t, "vi")
	for r, want := range map[media.Reason]string{
		media.ReasonNone: "Đang nối tới camera", media.ReasonConnecting: "Đang nối tới camera", media.ReasonStopped: "Đang nối tới camera",
		media.ReasonWaitingKey: "Đang chờ khung hình khoá", media.ReasonNoPackets: "Không có gói tin đến",
	} {
		v := View{Now: now, Stats: media.Stats{State: media.StateOpening, Reason: r, Since: now.Add(-time.Second)}}
		if f := Of(l, v); f.Progress != 0.5 || f.Lines[0] != want {
			t.Errorf("%q after a second: %v, %q", r, f.Progress, f.Lines)
		}
		v.Stats.Since = now.Add(-9 * time.Second)
		if f := Of(l, v); f.Progress != 0 || f.Note[0] != want+" – đã chờ 9,0 giây" {
			t.Errorf("%q after nine seconds: %q", r, f.Note)
		}
	}
}

// TestWhatDecodesIsSaidCalmly: the codes of decoders are not shown.
func TestWhatDecodesIsSaidCalmly(t *testing.T) {
	l := speak(t, "vi")
	for name, want := range map[string]string{
		"": "", "software": "giải mã phần mềm", "vaapi": "giải mã VAAPI", "software (vaapi failed)": "giải mã bằng phần mềm, VAAPI lỗi",
	} {
		if got := decoder(l, name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
	for name, want := range map[string]string{"software (nvdec failed)": "nvdec", "software": "", "vaapi": "", "software (x": "", "": ""} {
		if device, ok := Fallen(name); ok != (want != "") || ok && device != want {
			t.Errorf("%q: %q, %v", name, device, ok)
		}
	}
}
