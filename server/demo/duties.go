package demo

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"iocwall/assets"
	"iocwall/geo"
)

// wards are the wards whose offices answer reports themselves, by area.
var wards = map[string]string{
	"vn/da-nang-2025/hoi-an":      "p-hoi-an",
	"vn/da-nang-2025/hoi-an-dong": "p-hoi-an-dong",
	"vn/da-nang-2025/hoi-an-tay":  "p-hoi-an-tay",
	"vn/da-nang-2025/tam-ky":      "p-tam-ky",
}

// outlines are the places of the wards that answer reports themselves.
func outlines() (map[string]*geo.Prepared, error) {
	files, err := assets.DemoFiles()
	if err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	out := map[string]*geo.Prepared{}
	err = geo.EachFeature(bytes.NewReader(files["xa-phuong.geojson"]), func(f geo.Feature, _ *geo.FeatureError) bool {
		if area, _ := f.Properties["area"].(string); wards[area] != "" {
			out[area] = geo.Prepare(f.MultiPolygon())
		}
		return true
	})
	if err != nil {
		return nil, fmt.Errorf("demo: outlines of communes: %w", err)
	}
	return out, nil
}

// ward returns the office of the ward a place lies in, empty where none answers
// reports itself.
func (o *offices) ward(at geo.Point) string {
	for area, shape := range o.wards {
		if shape.Contains(at) {
			return wards[area]
		}
	}
	return ""
}

// duty is a report that a ward's office has or had to answer; times are from now.
type duty struct {
	agency, service string
	at              geo.Point
	opened, due     time.Duration
	// done is when it was answered, zero while it is not.
	done time.Duration
}

const day = 24 * time.Hour

// duties are some days of work of the wards' offices.
var duties = []duty{
	{agency: "p-hoi-an", service: "environment", at: geo.Point{108.331, 15.8795}, opened: -5 * day, due: -2 * day},
	{agency: "p-hoi-an", service: "order", at: geo.Point{108.3275, 15.8785}, opened: -28 * time.Hour, due: 3 * time.Hour},
	{agency: "p-hoi-an", service: "roads", at: geo.Point{108.3262, 15.8802}, opened: -20 * time.Hour, due: 6 * time.Hour},
	{agency: "p-hoi-an", service: "food", at: geo.Point{108.3291, 15.8776}, opened: -4 * time.Hour, due: day},
	{agency: "p-hoi-an", service: "procedures", at: geo.Point{108.3302, 15.8812}, opened: -2 * day, due: 4 * day},
	{agency: "p-hoi-an", service: "environment", at: geo.Point{108.3249, 15.8773}, opened: -6 * day, due: -4 * day, done: -20 * time.Hour},
	{agency: "p-hoi-an", service: "roads", at: geo.Point{108.3257, 15.8791}, opened: -3 * day, due: 5 * time.Hour, done: -18 * time.Hour},
	{agency: "p-hoi-an", service: "order", at: geo.Point{108.3283, 15.8789}, opened: -2 * day, due: day, done: -9 * time.Hour},
	{agency: "p-hoi-an", service: "order", at: geo.Point{108.3299, 15.8799}, opened: -2 * day, due: 8 * time.Hour, done: -5 * time.Hour},
	{agency: "p-hoi-an", service: "food", at: geo.Point{108.3278, 15.8781}, opened: -day, due: 2 * time.Hour, done: -3 * time.Hour},
	{agency: "p-hoi-an-dong", service: "environment", at: geo.Point{108.366, 15.8815}, opened: -3 * day, due: -5 * time.Hour},
	{agency: "p-hoi-an-dong", service: "roads", at: geo.Point{108.3641, 15.8841}, opened: -10 * time.Hour, due: 30 * time.Hour},
	{agency: "p-hoi-an-dong", service: "environment", at: geo.Point{108.3672, 15.8827}, opened: -2 * day, due: 7 * time.Hour, done: -6 * time.Hour},
	{agency: "p-hoi-an-tay", service: "roads", at: geo.Point{108.319, 15.9045}, opened: -16 * time.Hour, due: 2 * day},
	{agency: "p-hoi-an-tay", service: "order", at: geo.Point{108.3171, 15.9061}, opened: -3 * day, due: day, done: -14 * time.Hour},
	{agency: "p-tam-ky", service: "procedures", at: geo.Point{108.489, 15.569}, opened: -4 * day, due: -day},
	{agency: "p-tam-ky", service: "roads", at: geo.Point{108.4915, 15.5672}, opened: -day, due: 5 * time.Hour},
	{agency: "p-tam-ky", service: "environment", at: geo.Point{108.4903, 15.5701}, opened: -3 * day, due: 6 * time.Hour, done: -4 * time.Hour},
}

// work sends what the wards' offices have to do: once a day's codes are there,
// sending them again changes nothing.
func (o *offices) work(ctx context.Context) error {
	now := time.Now()
	var obs []observation
	for i, d := range duties {
		id := fmt.Sprintf("%s-W%03d", now.Format("060102"), i+1)
		at := func(t time.Duration) int64 { return now.Add(t).UnixMilli() }
		obs = append(obs,
			observation{Time: at(d.opened), Kind: "report.opened", Body: map[string]any{
				"id": id, "service": d.service, "pos": d.at, "placed": true, "channel": "phone", "due": at(d.due),
			}},
			observation{Time: at(d.opened + time.Hour), Kind: "report.changed", Body: map[string]any{"id": id, "state": "dispatched", "agency": d.agency, "by": "1022"}},
		)
		if d.done != 0 {
			obs = append(obs, observation{Time: at(d.done), Kind: "report.changed", Body: map[string]any{"id": id, "state": "done", "agency": d.agency, "by": d.agency}})
		}
	}
	return o.observe(ctx, obs...)
}
