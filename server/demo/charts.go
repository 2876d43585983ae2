package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math"
	"net/http"
	"strings"
	"time"

	"iocwall/assets"
	"iocwall/geo"
)

// feature is what the demonstration reads of a feature of its own files.
type feature struct {
	Properties struct {
		Area string `json:"area"`
	} `json:"properties"`
}

// communes returns the ids of the province's wards and communes.
func communes() ([]string, error) {
	files, err := assets.DemoFiles()
	if err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	var outlines struct {
		Features []feature `json:"features"`
	}
	if err := json.Unmarshal(files["xa-phuong.geojson"], &outlines); err != nil {
		return nil, fmt.Errorf("demo: outlines of communes: %w", err)
	}
	var out []string
	for _, f := range outlines.Features {
		out = append(out, f.Properties.Area)
	}
	return out, nil
}

// byArea reports one indicator for each ward and commune; a few have not
// reported, which is not zero.
func (o *offices) byArea(ctx context.Context, now time.Time) error {
	areas, err := communes()
	if err != nil {
		return err
	}
	period, label := now.Format("2006-01"), now.Format("1/2006")
	var obs []observation
	var num, den float64
	have := 0
	for _, area := range areas {
		word := area[strings.LastIndex(area, "/")+1:]
		h := fnv.New32a()
		_, _ = h.Write([]byte(word))
		x := float64(h.Sum32()%1000) / 1000
		id := "paht-xa." + word
		if x < 0.05 {
			obs = append(obs, observation{Kind: "figure.reported", Body: figure{Figure: id, Period: period, Label: label, Note: "chưa báo cáo"}})
			continue
		}
		total := math.Round(12 + 140*math.Abs(math.Sin(97*x)))
		done := math.Round(total * min(1, 0.42+0.6*math.Sqrt(x)))
		obs = append(obs, observation{Kind: "figure.reported", Body: ratio(id, period, label, done, total, 0)})
		num, den, have = num+done, den+total, have+1
	}
	whole := ratio("paht-xa", period, label, num, den, 0)
	whole.Have, whole.Want, whole.WantOf = have, len(areas), "phường, xã"
	return o.observe(ctx, append(obs, observation{Kind: "figure.reported", Body: whole})...)
}

// saved is what world's Saved is on the wire.
type saved struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Version int    `json:"version"`
}

type drawing struct {
	saved
	Shapes []drawn `json:"shapes"`
}

type drawn struct {
	Form   string      `json:"form"`
	Points []geo.Point `json:"points"`
	Text   string      `json:"text,omitempty"`
}

type mapView struct {
	saved
	Params []param `json:"params"`
}

type param struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// draw puts on the map what an operator would: a measured way with an area and a
// note, and two views to come back to. What is there already stays as it is.
func (o *offices) draw(ctx context.Context) error {
	search := drawing{saved{ID: "tim-kiem", Name: "Phương án tìm kiếm (trình diễn)"}, []drawn{
		{Form: "measure", Points: []geo.Point{{108.3905, 15.8800}, {108.4400, 15.9050}, {108.4950, 15.9350}}},
		{Form: "area", Points: []geo.Point{{108.60, 15.86}, {108.72, 15.86}, {108.72, 15.95}, {108.60, 15.95}}, Text: "Ô tìm kiếm 1"},
		{Form: "line", Points: []geo.Point{{108.4400, 15.9050}, {108.60, 15.905}}},
		{Form: "text", Points: []geo.Point{{108.66, 15.905}}, Text: "Tàu tìm kiếm: KN 497"},
	}}
	views := []mapView{
		{saved{ID: "san-ho", Name: "Cù Lao Chàm"}, []param{{"bounds", "108.36,15.83,108.78,16.06"}, {"layers", "vessels,cameras,alerts,fences,drawings,du-lich,tuyen-khai-thac"}, {"trail", "30"}}},
		{saved{ID: "noi-thanh", Name: "Nội thành Đà Nẵng"}, []param{{"bounds", "108.10,15.97,108.32,16.14"}, {"layers", "stations,reports,cameras,alerts,benh-vien,truong-hoc,du-lich"}}},
	}
	if err := o.save(ctx, "drawing", "drawing.save", search.saved, map[string]any{"drawing": search}); err != nil {
		return err
	}
	for _, v := range views {
		if err := o.save(ctx, "mapview", "mapview.save", v.saved, map[string]any{"view": v}); err != nil {
			return err
		}
	}
	return nil
}

// save sends a command of the operator unless there is the thing already.
func (o *offices) save(ctx context.Context, kind, act string, what saved, args map[string]any) error {
	var known []struct {
		Is saved `json:"is"`
	}
	if err := o.send(ctx, http.MethodGet, "/api/state/"+kind, o.doors.Operator, "", nil, &known); err != nil {
		return err
	}
	for _, k := range known {
		if k.Is.ID == what.ID {
			return nil
		}
	}
	raw, err := json.Marshal(map[string]any{"id": "demo-" + what.ID, "act": act, "args": args})
	if err != nil {
		return err
	}
	return o.send(ctx, http.MethodPost, "/api/commands", o.doors.Operator, "application/json", bytes.NewReader(raw), nil)
}
