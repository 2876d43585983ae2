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

// duty is a report that a ward's office has to answer.
type duty struct {
	agency, service, text string
	at                    geo.Point
	// due is how long the office has from the start of the demonstration.
	due time.Duration
	// done says that it was answered at once.
	done bool
}

// duties are what the wards' offices have to do when the demonstration begins.
func duties() []duty {
	return []duty{
		{"p-hoi-an", "environment", "Rác tồn đọng sau chợ đêm", geo.Point{108.331, 15.8795}, 2 * time.Minute, false},
		{"p-hoi-an", "order", "Xe khách đỗ chắn lối vào phố cổ", geo.Point{108.3275, 15.8785}, 3 * time.Hour, false},
		{"p-hoi-an", "roads", "Nắp cống vỡ trước trường tiểu học", geo.Point{108.3262, 15.8802}, 6 * time.Hour, false},
		{"p-hoi-an", "food", "Quầy nước không che đậy", geo.Point{108.3291, 15.8776}, 24 * time.Hour, false},
		{"p-hoi-an", "procedures", "Giấy xác nhận cư trú trễ hẹn", geo.Point{108.3302, 15.8812}, 96 * time.Hour, false},
		{"p-hoi-an", "roads", "Đèn đường tắt một đoạn", geo.Point{108.3257, 15.8791}, 5 * time.Hour, true},
		{"p-hoi-an", "order", "Loa kẹo kéo sau 22 giờ", geo.Point{108.3283, 15.8789}, 24 * time.Hour, true},
		{"p-hoi-an", "environment", "Đốt rác trong khu dân cư", geo.Point{108.3249, 15.8773}, 8 * time.Hour, true},
		{"p-hoi-an-dong", "environment", "Cá chết dạt bờ sông", geo.Point{108.366, 15.8815}, 90 * time.Second, false},
		{"p-hoi-an-dong", "roads", "Cát tràn ra đường", geo.Point{108.3641, 15.8841}, 30 * time.Hour, false},
		{"p-hoi-an-dong", "environment", "Nước thải ra ruộng", geo.Point{108.3672, 15.8827}, 7 * time.Hour, true},
		{"p-hoi-an-tay", "roads", "Biển báo bị che khuất", geo.Point{108.319, 15.9045}, 48 * time.Hour, false},
		{"p-hoi-an-tay", "order", "Lấn vỉa hè bán hàng", geo.Point{108.3171, 15.9061}, 24 * time.Hour, true},
		{"p-tam-ky", "procedures", "Hồ sơ đất thiếu hướng dẫn", geo.Point{108.489, 15.569}, 2 * time.Minute, false},
		{"p-tam-ky", "roads", "Ngập ngã tư khi mưa", geo.Point{108.4915, 15.5672}, 5 * time.Hour, false},
	}
}

// work sends what the wards' offices have to do, first through the door of
// citizens, then as the desk that hands it out.
func (o *offices) work(ctx context.Context) error {
	now := time.Now()
	var obs []observation
	for _, d := range duties() {
		id, err := o.file(ctx, complaint{d.service, d.text}, d.at)
		if err != nil {
			return err
		}
		change := map[string]any{"id": id, "state": "dispatched", "agency": d.agency, "by": "1022", "due": now.Add(d.due).UnixMilli()}
		obs = append(obs, observation{Kind: "report.changed", Body: change})
		if d.done {
			obs = append(obs, observation{Kind: "report.changed", Body: map[string]any{"id": id, "state": "done", "agency": d.agency, "by": d.agency}})
		}
	}
	return o.observe(ctx, obs...)
}
