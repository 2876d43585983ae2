package world

import (
	"encoding/hex"
	"encoding/json"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/fxamacker/cbor/v2"
	"pgregory.net/rapid"

	"iocwall/geo"
	"iocwall/server/world/canon"
)

func ptr[T any](v T) *T { return &v }

const t0 = Time(1_763_690_000_000)

// bodies is one body of every kind with every field set.
var aTile = Tile{"t1", "camera", 0, 0, 100, 100, []Param{{"camera", "cam-1"}}, true}

func bodies() []Body {
	return []Body{
		VesselPosition{MMSI: "574012345", Pos: geo.Point{108.5, 15.5}, Speed: 7.2, Course: 96, Heading: 95, Status: 7, Class: "A", Coarse: true, Area: "vn/da-nang-2025"},
		VesselStatic{
			MMSI: "574012345", Class: "B", Name: &VesselName{"QNA 90123 TS"},
			Particulars: &VesselParticulars{CallSign: "XV1", IMO: 9074729, ShipType: 30, Category: VesselFishing, Bow: 10, Stern: 5, Port: 2, Starboard: 3, Mothership: "574000001", Registration: "QNa-90123-TS"},
			Voyage:      &VesselVoyage{Destination: "KY HA", ETA: "11-21 10:00", Draught: 2.5},
		},
		AidReport{MMSI: "995741234", Name: "PHAO SO 1", Pos: geo.Point{108.7, 15.5}, Type: 14, OffPosition: true, Virtual: true},
		BaseReport{MMSI: "005740001", Pos: geo.Point{108.6, 15.4}, Clock: t0},
		StationDefined{ID: "kk-07", Name: "Điện Nam", What: StationAir, Pos: geo.Point{108.2, 15.9}, Area: "a", Owner: "so-nnmt", Every: 3600_000},
		Reading{Station: "kk-07", Quantity: "pm2.5", Value: 20.3, Unit: "ug/m3", Qualifier: About},
		CameraDefined{ID: "cam-1", Name: "Cầu Câu Lâu", Pos: geo.Point{108.3, 15.8}, Area: "a", Heading: 40, View: 60, Reach: 400, Streams: []CameraStream{{"main", 1920, 1080, 25}, {"sub", 640, 360, 12}}, Owner: "so-xd", Removed: false, Site: "tu-03", PTZ: true, Presets: []string{"cầu"}, Replay: 60},
		CameraHealth{Camera: "cam-1", State: CameraSilent, Reason: "no-packets", Since: t0, FPS: 25, Kbps: 2000, Loss: 0.01, Codec: "h264", Width: 1920, Height: 1080, Tries: 3, Cause: "tu-03", Checked: t0, By: "pc-03"},
		CameraControlled{Camera: "cam-1", By: "ab", Name: "Mai", Preset: "cầu"},
		ClipAsked{ID: "clip-1", Camera: "cam-1", Stream: "main", From: t0, To: t0 + 30_000, By: "ab", Name: "Mai", Alert: "lu-1", Note: "n", Area: "a"},
		ClipFailed{ID: "clip-1", Camera: "cam-1", Reason: "camera away"},
		ClipSaved{ID: "clip-1", Camera: "cam-1", SHA256: "ab", Bytes: 1000, Frames: 300, Missing: 200, From: t0, To: t0 + 30_000, Gaps: 1, By: "ab", Alert: "lu-1"},
		ReportOpened{ID: "261121-7K3F", Service: "roads", Pos: geo.Point{108.4, 15.5}, Placed: true, Area: "a", Channel: "web", Due: t0 + 1000, Subject: "ab12"},
		ReportChanged{ID: "261121-7K3F", State: ReportDispatched, Agency: "so-xd", By: "mai", Due: t0 + 2000},
		ReportOverdue{ID: "261121-7K3F", Due: t0 + 2000},
		FigureDefined{ID: "paht-dung-han", Name: "Phản ánh đúng hạn", NameEn: "On time", Short: "Đúng hạn", Domain: "reports", Unit: "%", Decimals: 1, Target: ptr(90.0), LowerBetter: true, Every: 1000, Owner: "o", OwnerName: "1022", Area: "a", Icon: "report", UnitEn: "%", Of: "paht", Counts: "phản ánh", CountsEn: "reports"},
		FigureReported{
			Figure: "paht-dung-han", Period: "2024-08", Label: "8/2024", Value: ptr(67.2), Qualifier: MoreThan, Verbatim: "67,2 %", Num: ptr(324.0), Den: ptr(482.0),
			Parts: []FigurePart{{"đúng hạn", 324, "on time"}}, Have: 41, Want: 41, WantOf: "đơn vị", Note: "n", Previous: ptr(60.0), Fault: "f", Provisional: true, Due: t0,
		},
		AreaDefined{ID: "vn/quang-nam", Name: "Quảng Nam", NameEn: "Quang Nam", Level: "province", Parent: "vn", From: 1, Until: t0, Code: "49", Pos: geo.Point{108, 15.5}, Placed: true},
		AreaSucceeded{Old: "vn/quang-nam", New: "vn/da-nang-2025", At: t0, Share: 1},
		FenceSaved{Saved: Saved{"san-ho", "Rạn san hô", 1, "mai", false}, Purpose: "protected", Polygons: geo.MultiPolygon{{{{108.4, 15.9}, {108.5, 15.9}, {108.5, 16}, {108.4, 15.9}}}}, Near: 500, Margin: 50, Dwell: 60_000, From: 1, Until: t0 + 1},
		FenceCrossed{Fence: "san-ho", About: "vessel/574012345", State: FenceInside, Pos: geo.Point{108.45, 15.95}, Why: "changed"},
		DrawingSaved{Saved: Saved{"tim-kiem", "Vùng tìm kiếm", 1, "mai", false}, Shapes: []DrawnShape{{"measure", []geo.Point{{108.4, 15.9}, {108.5, 15.9}}, "a"}}},
		MapViewSaved{Saved: Saved{"bien", "Ngoài biển", 1, "mai", false}, Params: []Param{{"layers", "vessels"}}},
		LayerSaved{Saved: Saved{"benh-vien", "Bệnh viện", 1, "config", false}, NameEn: "Hospitals", Areas: true, SHA256: "ab", Bytes: 100, Features: 3, Rejected: 1, Source: "s", Dated: t0, Look: []Param{{"icon", "hospital"}}},
		AgencyDefined{ID: "so-xd", Name: "Sở Xây dựng", Short: "SXD", Parent: "ubnd", Area: "vn", Enterprise: true, From: 1, Until: 2},
		DomainDefined{ID: "economy", Name: "Kinh tế – xã hội", NameEn: "Economy", Short: "Kinh tế", ShortEn: "Economy", Order: 1, Figure: "giai-ngan", Rules: []string{"r"}, Layers: []string{"alerts"}},
		WallDefined{ID: "main", Name: "Tường", Seat: 5000, Screens: []Screen{{1, 0, 0, 1217.6, 684.9, 1920, 1080, "pc-01", "DP-1", true}}, By: "mai"},
		SceneSaved{ID: "ngay-thuong", Wall: "main", Name: "Ngày thường", Version: 1, By: "mai", Tiles: []Tile{aTile}, Zones: []Zone{{"z", "Báo động", 1, 2, 3, 4, 50}}, Preset: 3},
		SceneShown{Wall: "main", Scene: "ngay-thuong", By: "mai", Why: "lịch"},
		WallPrepared{
			Wall: "main", Generation: 1, Scene: "ngay-thuong", Version: 1, By: "mai", Why: "lịch",
			Tiles: []Placed{{aTile, LayerScene, "ngay-thuong", "mai", "lịch", t0}}, Left: []LeftOut{{"t2", "khoá"}}, Deadline: t0 + 1500, Undo: true,
		},
		WallCommitted{Wall: "main", Generation: 1, At: t0 + 100, Late: []string{"pc-02"}},
		WallSwitched{Wall: "main", Generation: 1, Nodes: []NodeSwitch{{"pc-01", 3, 2, 9}}, Skew: 12, Took: 300},
		WallRefused{Wall: "main", Generation: 2, Node: "pc-01", Reason: "r", Code: "wall.locked", Values: []Param{{"tile", "t"}}},
		WallTested{Wall: "main", Picture: TestPattern, By: "mai", Until: t0 + 1},
		ScheduleSaved{Saved: Saved{"dem", "Ban đêm", 1, "mai", false}, Wall: "main", Scenes: []string{"ngay-thuong"}, Dwell: 1000, Days: []string{"mon"}, From: 1200, To: 360, Priority: 1, Off: true},
		PopupAsked{ID: "lu-1", Wall: "main", Zone: "z", Title: "Lũ", Tiles: []Tile{aTile}, Priority: 90, Limit: 1000, Alert: "lu-1", By: "mai", Why: "lu"},
		PopupPlaced{ID: "lu-1", Zone: "z"},
		PopupClosed{ID: "lu-0", By: "mai", Why: "closed"},
		TileLocked{Wall: "main", Tile: "t1", By: "ab", Name: "Mai", Until: t0 + 1, Note: "n"},
		TileUnlocked{Wall: "main", Tile: "t0", By: "ab", Why: "limit"},
		NodeEnrolled{Node: "pc-01", By: "mai"},
		NodeReported{
			Node: "pc-01", Version: "1", Started: t0, Monitors: []Monitor{{"DP-1", 1, 2, 1920, 1080, 1210, 680}}, Budget: []Decoding{{"h264", 1920, 1080, 25, 12.5}},
			Pictures: "rgba", Memory: 1, CPU: 0.5, Problems: []string{"p"},
		},
		NodeLinked{Node: "pc-01", Up: true, Reason: "r"},
		TilesSeen{Node: "pc-01", Wall: "main", Generation: 1, Tiles: []TileSeen{{"t1", "live", "r", t0}}},
		AlertRaised{ID: "lu-1", Rule: "lu", Severity: Critical, Title: "Lũ Câu Lâu", Text: "t", Instruction: "i", About: "station/kk-07", Pos: geo.Point{108.3, 15.8}, Placed: true, Area: "a", Since: t0, Value: ptr(4.12), Show: &AlertShow{"z", 3, true, 1000}, Called: "Lũ", Unit: "m", Limit: ptr(4.0), Where: "w"},
		AlertUpdated{ID: "lu-1", Severity: Severe, Title: "Lũ", Text: "t", Value: ptr(3.9), Unit: "m", Limit: ptr(3.0), Where: "w"},
		AlertAcknowledged{ID: "lu-1", By: "ab", Name: "Mai", Note: "n"},
		AlertResolved{ID: "lu-1", Reason: "xuống"},
		SourceHealth{Source: "ais", What: "ais", State: SourceRunning, Reason: "r", Since: t0, Accepted: 1, Rejected: 2, Lost: 3, Lossy: true, Sample: "s", Skipped: 4},
		ClockStepped{By: -5000},
		Audited{Who: "ab", Act: "scene.show", Object: "main", OK: true, Reason: "r"},
		EntityStale{Ref: "vessel/574012345", Last: t0, Limit: 1000},
		EntityGone{Ref: "vessel/574012345", Reason: "silent"},
	}
}

func TestEveryKindIsListedOnce(t *testing.T) {
	seen := map[string]bool{}
	for _, b := range bodies() {
		if seen[b.Kind()] {
			t.Errorf("%s stands twice in this test", b.Kind())
		}
		seen[b.Kind()] = true
		v := reflect.ValueOf(b)
		for i := range v.NumField() {
			if v.Field(i).IsZero() && v.Type().Field(i).Name != "Removed" {
				t.Errorf("%s: the test leaves %s empty", b.Kind(), v.Type().Field(i).Name)
			}
		}
	}
	for kind := range bodyKinds {
		if !seen[kind] {
			t.Errorf("%s is not tested", kind)
		}
	}
}

func TestEventsSurviveBothEncodings(t *testing.T) {
	for i, b := range bodies() {
		want := Event{Seq: uint64(i + 1), Seen: t0 + 5, Source: "ais", Observation: Observation{Time: t0, Body: b}}
		raw, err := EncodeEvent(&want)
		if err != nil {
			t.Fatal(err)
		}
		got, err := DecodeEvent(raw)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("CBOR of %s:\n got %+v, %v\nwant %+v", b.Kind(), got, err, want)
		}
		text, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		got = Event{}
		if err := json.Unmarshal(text, &got); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("JSON of %s:\n got %+v, %v\nwant %+v", b.Kind(), got, err, want)
		}
	}
}

// eventCBOR is the journal's form as the general encoder writes it.
type eventCBOR struct {
	_      struct{} `cbor:",toarray"`
	Seq    uint64
	Seen   Time
	Source string
	Time   Time
	Kind   string
	Body   cbor.RawMessage
}

// The outside of an event, written by hand, is what the general encoder writes.
func TestEventIsDeterministicCBOR(t *testing.T) {
	for _, seq := range []uint64{0, 23, 24, 255, 256, 65535, 65536, 1 << 32, 1<<64 - 1} {
		for _, at := range []Time{0, -1, -1 << 40, t0} {
			e := Event{Seq: seq, Seen: t0, Source: strings.Repeat("é", int(seq%200)), Observation: Observation{Time: at, Body: ClockStepped{By: 1}}}
			body, err := canon.Marshal(e.Body)
			if err != nil {
				t.Fatal(err)
			}
			want, err := canon.Marshal(eventCBOR{Seq: e.Seq, Seen: e.Seen, Source: e.Source, Time: e.Time, Kind: e.Body.Kind(), Body: body})
			if err != nil {
				t.Fatal(err)
			}
			got, err := AppendEvent([]byte("x"), &e)
			if err != nil || !slices.Equal(got[1:], want) {
				t.Errorf("event %d at %d:\n got %x, %v\nwant %x", seq, at, got, err, want)
			}
			if back, err := DecodeEvent(want); err != nil || !reflect.DeepEqual(back, e) {
				t.Errorf("event %d at %d read as %+v, %v", seq, at, back, err)
			}
		}
	}
	for _, bad := range []string{"", "80", "86", "8600", "860000ff", "86000060006000", "860000600078ff", "8600006000610061", "a0"} {
		raw, _ := hex.DecodeString(bad)
		if e, err := DecodeEvent(raw); err == nil {
			t.Errorf("%s was read as %+v", bad, e)
		}
	}
}

// What a sender does not say is not zero.
func TestWhatIsNotSaidIsNotAvailable(t *testing.T) {
	b, err := DecodeBody("vessel.position", []byte(`{"mmsi":"574012345","pos":[108.5,15.5]}`))
	if p, ok := b.(VesselPosition); err != nil || !ok || p.Speed != NotAvailable || p.Course != NotAvailable || p.Heading != NotAvailable || p.Status != 15 {
		t.Errorf("%+v, %v", b, err)
	}
}

func TestUnknownBodyIsKeptByteForByte(t *testing.T) {
	raw, err := canon.Marshal(eventCBOR{Seq: 1, Seen: t0, Source: "x", Time: t0, Kind: "drone.position", Body: []byte{0xa1, 0x01, 0x18, 0x2a}})
	if err != nil {
		t.Fatal(err)
	}
	e, err := DecodeEvent(raw)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := EncodeEvent(&e); err != nil || !slices.Equal(again, raw) {
		t.Errorf("written back as %x, want %x (%v)", again, raw, err)
	}
	text, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	var back Event
	if err := json.Unmarshal(text, &back); err != nil || !reflect.DeepEqual(back, e) {
		t.Errorf("over the wire %+v, %v", back, err)
	}
	s := New(1)
	if c, err := s.Apply(e); err != nil || c.Effect != EffectNone {
		t.Errorf("Apply = %+v, %v", c, err)
	}
}

// apply feeds bodies as events one second apart.
func apply(t testing.TB, s *State, bs ...Body) {
	t.Helper()
	for _, b := range bs {
		n := s.At().Seq + 1
		e := Event{Seq: n, Seen: t0 + Time(n)*1000, Source: "test", Observation: Observation{Time: t0 + Time(n)*1000, Body: b}}
		if _, err := s.Apply(e); err != nil {
			t.Fatal(err)
		}
	}
}

func TestSnapshotHoldsEverything(t *testing.T) {
	s := New(7)
	all := bodies()
	apply(t, s, all[:len(all)-1]...) // without the last one, which takes the vessel away
	raw, err := s.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	r, err := Restore(raw)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(r.Digest(), s.Digest()) || r.At() != s.At() || r.Seen() != s.Seen() {
		t.Errorf("restored at %v with %v, want %v with %v", r.At(), r.Digest(), s.At(), s.Digest())
	}
	if len(s.Digest()) != len(s.tables.All()) {
		t.Errorf("the test fills %d of %d tables", len(s.Digest()), len(s.tables.All()))
	}
	for e := range s.Entities("") {
		got, ok := r.Entity(e.Ref())
		if !ok || !reflect.DeepEqual(got, e) {
			t.Errorf("%s restored as %+v, want %+v", e.Ref(), got, e)
		}
		text, err := json.Marshal(Item{Enter: e})
		if err != nil {
			t.Fatal(err)
		}
		var it Item
		if err := json.Unmarshal(text, &it); err != nil || !reflect.DeepEqual(it.Enter, e) {
			t.Errorf("%s over the wire %+v, %v; want %+v", e.Ref(), it.Enter, err, e)
		}
	}
	if again, _ := r.Snapshot(); !slices.Equal(again, raw) {
		t.Error("equal states gave different snapshots")
	}
	for _, bad := range [][]byte{nil, {0x80}, raw[:len(raw)/2]} {
		if _, err := Restore(bad); err == nil {
			t.Errorf("Restore of %d bytes of nonsense gave no error", len(bad))
		}
	}
}

// Late and repeated input in any order leads to the same state.
func TestOrderOfObservationsDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 40).Draw(t, "n")
		var in []Event
		for i := range n {
			id := strconv.Itoa(rapid.IntRange(1, 3).Draw(t, "id"))
			at := t0 + Time(rapid.IntRange(0, 5).Draw(t, "time"))*1000
			v := rapid.Float64Range(0, 3).Draw(t, "value")
			var b Body
			switch rapid.IntRange(0, 5).Draw(t, "kind") {
			case 0:
				b = VesselPosition{MMSI: id, Pos: geo.Point{108, 15 + v}, Speed: v}
			case 1:
				b = VesselStatic{MMSI: id, Name: &VesselName{strconv.Itoa(int(v))}}
			case 2:
				b = VesselStatic{MMSI: id, Voyage: &VesselVoyage{Draught: v}}
			case 3:
				b = Reading{Station: id, Quantity: strconv.Itoa(int(v)), Value: v}
			case 4:
				b = FigureReported{Figure: id, Period: strconv.Itoa(2020 + int(v)), Value: ptr(v)}
			default:
				b = AidReport{MMSI: id, Name: strconv.Itoa(int(v))}
			}
			// When and from whom the same datum was learnt is part of the
			// history, so it goes with the observation here.
			in = append(in, Event{Seen: t0, Source: "s", Observation: Observation{Time: at, Body: b}})
			if i%3 == 0 {
				in = append(in, in[len(in)-1])
			}
		}
		run := func(es []Event) Digest {
			s := New(1)
			for i, e := range es {
				e.Seq = uint64(i + 1)
				if _, err := s.Apply(e); err != nil {
					t.Fatal(err)
				}
			}
			return s.Digest()
		}
		want := run(in)
		seed := rapid.Uint64().Draw(t, "order")
		rand.New(rand.NewPCG(seed, 1)).Shuffle(len(in), func(i, j int) { in[i], in[j] = in[j], in[i] })
		if got := run(in); !maps.Equal(got, want) {
			t.Fatalf("in another order: %v, want %v", got, want)
		}
	})
}

// The running digest is that of a state built from nothing.
func TestDigestIsIncremental(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := New(1)
		all := bodies()
		for i := range rapid.IntRange(1, 60).Draw(t, "n") {
			e := Event{Seq: uint64(i + 1), Seen: t0, Source: "s", Observation: Observation{
				Time: t0 + Time(rapid.IntRange(0, 9).Draw(t, "t")), Body: rapid.SampledFrom(all).Draw(t, "body"),
			}}
			if _, err := s.Apply(e); err != nil {
				t.Fatal(err)
			}
			if i%7 == 0 {
				s.Digest()
			}
		}
		raw, err := s.Snapshot()
		if err != nil {
			t.Fatal(err)
		}
		r, err := Restore(raw)
		if err != nil {
			t.Fatal(err)
		}
		if !maps.Equal(s.Digest(), r.Digest()) {
			t.Fatalf("running %v, from nothing %v", s.Digest(), r.Digest())
		}
		sums := Digest{}
		for e := range s.Entities("") {
			sum, _ := s.Sum(e.Ref())
			sums[e.Ref().Kind()] += sum
		}
		if !maps.Equal(s.Digest(), sums) {
			t.Fatalf("the digest %v is not the sum of its parts %v", s.Digest(), sums)
		}
	})
}

func TestApplyRefusesGaps(t *testing.T) {
	s := New(1)
	if _, err := s.Apply(Event{Seq: 2, Observation: Observation{Body: ClockStepped{}}}); err == nil {
		t.Error("event 2 was applied first")
	}
	if _, err := s.Apply(Event{Seq: 1, Observation: Observation{Body: Reading{}}}); err == nil {
		t.Error("a reading of no station was applied")
	}
	if s.At().Seq != 1 {
		t.Errorf("at %v: an event without effect still counts", s.At())
	}
}

// A station that invents quantities does not grow without end.
func TestQuantitiesAreBounded(t *testing.T) {
	s := New(1)
	for i := range 70 {
		_, _ = s.Apply(Event{Seq: s.At().Seq + 1, Seen: t0, Observation: Observation{Time: t0, Body: Reading{Station: "ours", Quantity: strconv.Itoa(i)}}})
	}
	if st, _ := s.Station("ours"); len(st.Readings) > maxQuantities {
		t.Errorf("one station has %d quantities", len(st.Readings))
	}
}

// What was asked for of a camera's pictures has one outcome; a clip that failed
// may be saved after all, one that was saved stays.
func TestClipLife(t *testing.T) {
	s := New(1)
	apply(t, s,
		ClipSaved{ID: "none", SHA256: "x"},
		ClipAsked{ID: "a", Camera: "c1", Alert: "lu", By: "mai", Area: "vn"},
		ClipAsked{ID: "a", Camera: "c2"},
		ClipAsked{ID: "b", Camera: "c1"},
		ClipFailed{ID: "b", Reason: "camera away"},
		ClipSaved{ID: "a", Camera: "c1", SHA256: "ab"},
		ClipFailed{ID: "a", Reason: "late"},
	)
	a, _ := s.Clip("a")
	if a.Camera != "c1" || !a.Ready() || a.Why != "" || a.In() != "vn" {
		t.Errorf("%+v", a)
	}
	if b, _ := s.Clip("b"); b.Ready() || b.Why != "camera away" || b.Done == 0 {
		t.Errorf("%+v", b)
	}
	apply(t, s, ClipSaved{ID: "b", SHA256: "cd"})
	if b, _ := s.Clip("b"); !b.Ready() || b.Why != "" {
		t.Errorf("saved after all: %+v", b)
	}
	of := func(camera, alert string) (ids string) {
		for _, c := range s.ClipsOf(camera, alert) {
			ids += c.ID
		}
		return ids
	}
	if got := of("c1", "") + " " + of("", "lu") + " " + of("c2", "") + " " + of("", ""); got != "ba a  ba" {
		t.Errorf("clips %q", got)
	}
}

// A report that comes after its camera was removed does not bring it back.
func TestLateHealthMakesNoCamera(t *testing.T) {
	s := New(1)
	apply(t, s, CameraDefined{ID: "c", Name: "C"}, CameraControlled{Camera: "c", Name: "Mai", Preset: "cầu"})
	if c, _ := s.Camera("c"); c.Turner != "Mai" || c.Preset != "cầu" || c.Turned == 0 {
		t.Errorf("%+v", c)
	}
	apply(t, s, CameraDefined{ID: "c", Removed: true}, CameraHealth{Camera: "c", State: CameraIdle}, CameraControlled{Camera: "c"})
	if n := s.Count(KindCamera); n != 0 {
		t.Errorf("%d cameras", n)
	}
}

// Of two words of the server at one instant the later one stands.
func TestTheLastWordStands(t *testing.T) {
	s := New(1)
	for i, b := range []Body{
		CameraDefined{ID: "c"},
		CameraHealth{Camera: "c", State: CameraSilent},
		CameraHealth{Camera: "c", State: CameraIdle},
		SceneShown{Wall: "w", Scene: "zeta"},
		SceneShown{Wall: "w", Scene: "alfa"},
		StationDefined{ID: "s", Name: "z"},
		StationDefined{ID: "s", Name: "a"},
	} {
		if _, err := s.Apply(Event{Seq: uint64(i + 1), Seen: t0, Observation: Observation{Time: t0, Body: b}}); err != nil {
			t.Fatal(err)
		}
	}
	c, _ := s.Camera("c")
	w, _ := s.Wall("w")
	st, _ := s.Station("s")
	if c.Health.State != CameraIdle || w.Shown.Scene != "alfa" || st.Name != "a" {
		t.Errorf("camera %s, scene %s, station %s", c.Health.State, w.Shown.Scene, st.Name)
	}
}

// Nothing that was written may ever be refused at reading.
func TestWhatWasWrittenIsRead(t *testing.T) {
	parts := make([]FigurePart, 5000)
	for _, b := range []Body{Reading{Station: "a\xff", Quantity: "q"}, FigureReported{Figure: "f", Period: "1", Parts: parts}} {
		raw, err := EncodeEvent(&Event{Seq: 1, Seen: t0, Observation: Observation{Time: t0, Body: b}})
		if err != nil {
			t.Fatal(err)
		}
		if e, err := DecodeEvent(raw); err != nil || !reflect.DeepEqual(e.Body, b) {
			t.Errorf("%s was not read back: %v", b.Kind(), err)
		}
	}
	if _, err := EncodeEvent(&Event{Seq: 1, Observation: Observation{Body: FigureReported{Parts: make([]FigurePart, 100_000)}}}); err == nil {
		t.Error("an event of any size is written")
	}
	// A body that does not fit its kind costs itself, not the history.
	raw, err := canon.Marshal(eventCBOR{Seq: 1, Seen: t0, Source: "x", Time: t0, Kind: "station.reading", Body: []byte{0xa1, 0x01, 0x18, 0x2a}})
	if err != nil {
		t.Fatal(err)
	}
	e, err := DecodeEvent(raw)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := EncodeEvent(&e); err != nil || !slices.Equal(again, raw) {
		t.Errorf("written back as %x, %v", again, err)
	}
	if _, err := New(1).Apply(e); err == nil {
		t.Error("nobody is told that a body could not be read")
	}
}

func TestResidue(t *testing.T) {
	r := FigureReported{Value: ptr(69600.0), Parts: []FigurePart{{Value: 19879}, {Value: 47752}}}
	if left, ok := r.Residue(); !ok || left != 1969 {
		t.Errorf("residue %v, %v; want 1,969", left, ok)
	}
	r = FigureReported{Value: ptr(70.54), Num: ptr(340.0), Den: ptr(482.0), Parts: []FigurePart{{Value: 340}, {Value: 64}, {Value: 78}}}
	if left, ok := r.Residue(); !ok || left != 0 {
		t.Errorf("residue of a ratio %v, %v; want 0", left, ok)
	}
}

func TestAreasAndSuccessions(t *testing.T) {
	s := New(1)
	apply(t, s,
		AreaDefined{ID: "vn"}, AreaDefined{ID: "vn/qn", Parent: "vn", Until: t0}, AreaDefined{ID: "vn/qn/tk", Parent: "vn/qn"},
		AreaSucceeded{Old: "vn/qn", New: "vn/dn", At: t0, Share: 0.9}, AreaSucceeded{Old: "vn/qn", New: "vn/dn", At: t0, Share: 1},
		AreaDefined{ID: "x", Parent: "y"}, AreaDefined{ID: "y", Parent: "x"},
	)
	if !s.Within("vn/qn/tk", "vn") || s.Within("vn", "vn/qn") || s.Within("x", "vn") || !s.Within("nowhere", "") {
		t.Error("Within is wrong")
	}
	a, _ := s.Area("vn/qn")
	if len(a.Became) != 1 || a.Became[0].Share != 1 {
		t.Errorf("became %v: a corrected share replaces the old one", a.Became)
	}
	if a.ValidAt(t0) || !a.ValidAt(t0-1) {
		t.Error("ValidAt is wrong at the border")
	}
}

func TestFirstAcknowledgementStands(t *testing.T) {
	s := New(1)
	apply(t, s, AlertRaised{ID: "a", Severity: Warning}, AlertRaised{ID: "b", Severity: Critical},
		AlertAcknowledged{ID: "a", By: "1", Name: "Mai"}, AlertAcknowledged{ID: "a", By: "2", Name: "Hùng"})
	if a, _ := s.Alert("a"); a.Taker != "Mai" {
		t.Errorf("taken by %q", a.Taker)
	}
	if as := s.Alerts(); as[0].ID != "b" {
		t.Errorf("first in the list is %s", as[0].ID)
	}
}

func TestApplyBatch(t *testing.T) {
	s := New(1)
	b := Batch{Epoch: 3, From: 0, To: 9, Seen: t0, Items: []Item{
		{Enter: Station{StationDefined: StationDefined{ID: "s"}, Defined: t0}},
		{Event: &Event{Seq: 4, Seen: t0, Observation: Observation{Time: t0, Body: VesselPosition{MMSI: "1"}}}},
		{Leave: "station/s"},
		{},
	}}
	var seen []Ref
	s, err := s.ApplyBatch(&b, func(c Change) { seen = append(seen, c.Ref) })
	if err == nil || s.At() != (Position{3, 9}) || s.Count("") != 1 || len(seen) != 3 {
		t.Errorf("at %v with %d entities, touched %v, error %v", s.At(), s.Count(""), seen, err)
	}
	fresh := New(4)
	if s, _ = s.ApplyBatch(&Batch{Epoch: 4, To: 1, Snapshot: fresh}, nil); s != fresh || s.At() != (Position{4, 1}) {
		t.Errorf("the snapshot was not taken over: %v", s.At())
	}
}

func TestGrantKeepsItsToken(t *testing.T) {
	if s := (RelayGrant{URL: "rtsp://x", Token: "secret"}).String(); s != "rtsp://x" {
		t.Errorf("String = %s", s)
	}
}

func FuzzDecodeEvent(f *testing.F) {
	for _, b := range bodies() {
		raw, err := EncodeEvent(&Event{Seq: 1, Observation: Observation{Body: b}})
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		e, err := DecodeEvent(data)
		if err != nil {
			return
		}
		s := New(1)
		e.Seq = 1
		_, _ = s.Apply(e) // must not panic; errors are for the log
		s.Digest()
	})
}

func FuzzItemJSON(f *testing.F) {
	for i, b := range bodies() {
		raw, err := json.Marshal(Item{Event: &Event{Seq: uint64(i), Observation: Observation{Body: b}}})
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Add([]byte(`{"k":"vessel","in":{"mmsi":"1"}}`))
	f.Add([]byte(`{"out":"vessel/1"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var it Item
		if json.Unmarshal(data, &it) == nil {
			_, _ = New(1).ApplyBatch(&Batch{Epoch: 1, To: 1, Items: []Item{it}}, nil)
		}
	})
}

func BenchmarkApplyPosition(b *testing.B) {
	s := New(1)
	b.ReportAllocs()
	for i := range b.N {
		id := strconv.Itoa(574000000 + i%20000)
		_, err := s.Apply(Event{Seq: uint64(i + 1), Seen: t0, Source: "ais", Observation: Observation{
			Time: t0 + Time(i), Body: VesselPosition{MMSI: id, Pos: geo.Point{108, 15}, Speed: 7},
		}})
		if err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecodePosition(b *testing.B) {
	raw, err := EncodeEvent(&Event{Seq: 1, Seen: t0, Source: "ais", Observation: Observation{Time: t0, Body: VesselPosition{MMSI: "574012345", Pos: geo.Point{108, 15}, Speed: 7}}})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := DecodeEvent(raw); err != nil {
			b.Fatal(err)
		}
	}
}

// What pops up for an alert is named by the alert as it stands, not as it began.
func TestPopupName(t *testing.T) {
	s := New(1)
	apply(t, s,
		AlertRaised{ID: "lu-1", Title: "Lũ 2,27 m", Since: t0},
		PopupAsked{ID: "a", Title: "Lũ 2,27 m", Alert: "lu-1"}, PopupAsked{ID: "b", Title: "Họp"}, PopupAsked{ID: "c"},
		AlertUpdated{ID: "lu-1", Title: "Lũ 3,07 m"})
	got := ""
	for _, p := range s.Popups() {
		got += s.PopupName(p) + "|"
	}
	if got != "Lũ 3,07 m|Họp|c|" {
		t.Errorf("named %s", got)
	}
}
