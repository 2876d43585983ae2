package demo

import (
	"context"
	"math"
	"time"
)

// figure is world's FigureReported as an office writes it.
type figure struct {
	Figure    string   `json:"figure"`
	Period    string   `json:"period"`
	Label     string   `json:"label,omitempty"`
	Value     *float64 `json:"value,omitempty"`
	Qualifier string   `json:"qualifier,omitempty"`
	Verbatim  string   `json:"verbatim,omitempty"`
	Num       *float64 `json:"num,omitempty"`
	Den       *float64 `json:"den,omitempty"`
	Parts     []part   `json:"parts,omitempty"`
	Have      int      `json:"have,omitempty"`
	Want      int      `json:"want,omitempty"`
	WantOf    string   `json:"wantOf,omitempty"`
	Note      string   `json:"note,omitempty"`
	Previous  *float64 `json:"previous,omitempty"`
	Fault     string   `json:"fault,omitempty"`

	Provisional bool  `json:"provisional,omitempty"`
	Due         int64 `json:"due,omitempty"`
}

type part struct {
	Label   string  `json:"label"`
	Value   float64 `json:"value"`
	LabelEn string  `json:"labelEn,omitempty"`
}

func n(v float64) *float64 { return &v }

// ratio is a percentage with its numerator and denominator, rounded as told.
func ratio(id, period, label string, num, den float64, decimals int) figure {
	k := math.Pow10(decimals)
	return figure{Figure: id, Period: period, Label: label, Value: n(math.Round(num/den*100*k) / k), Num: n(num), Den: n(den)}
}

// published are the figures of the source reports, with the residues and the
// contradictions they have, and made-up ones beside them.
func published(now time.Time) []figure {
	today := now.Format(time.DateOnly)
	onTime := ratio("paht-dung-han", "2024-08", "8/2024", 324, 482, 1)
	onTime.Have, onTime.Want, onTime.WantOf = 41, 41, "đơn vị"
	happy := ratio("hai-long", "2024-08", "8/2024", 340, 482, 2)
	happy.Parts = []part{{"hài lòng", 340, "satisfied"}, {"chấp nhận", 64, "accepting"}, {"không hài lòng", 78, "not satisfied"}}
	happy.Have, happy.Want, happy.WantOf = 482, 482, "phiếu"
	spent := ratio("giai-ngan", today, "", 3660, 6000, 1)
	spent.Have, spent.Want, spent.WantOf, spent.Previous = 15, 18, "đơn vị", n(65)
	dossiers := ratio("ho-so-dung-han", today, "", 12206, 12442, 1)
	dossiers.Have, dossiers.Want, dossiers.WantOf, dossiers.Provisional = 39, 41, "đơn vị", true
	fitted := ratio("tau-giam-sat", "2024-08", "8/2024", 1047, 1207, 1)
	fitted.Note = "1.047 trên 1.207 tàu từ 15 m"
	beds := ratio("giuong-benh", today, "", 2436, 2800, 1)
	beds.Have, beds.Want, beds.WantOf = 11, 12, "bệnh viện"
	schools := figure{Figure: "truong-nghi", Period: today, Value: n(12), Num: n(12), Den: n(802), Note: "vùng lũ Thu Bồn"}
	return []figure{
		schools,
		onTime, happy, spent, dossiers, fitted, beds,
		{Figure: "paht-tiep-nhan", Period: "2024-08", Label: "đến 8/2024", Value: n(630), Parts: []part{{"đã giao", 482, "dispatched"}, {"không đủ điều kiện", 148, "ineligible"}}},
		{Figure: "cuoc-goi", Period: "2024-08", Label: "đến 8/2024", Value: n(1500), Qualifier: "about", Verbatim: "gần 1.500", Note: "gọi đến và gọi đi"},
		{Figure: "canh-bao-attt", Period: "2024-08", Label: "8/2024", Value: n(69600), Qualifier: "more-than", Verbatim: "hơn 69.600", Parts: []part{{"cao", 19879, "high"}, {"trung bình và thấp", 47752, "medium and low"}}},
		{Figure: "may-chu", Period: "2024-08", Label: "8/2024", Value: n(100), Qualifier: "more-than", Verbatim: "hơn 100"},
		{Figure: "may-tram", Period: "2024-08", Label: "8/2024", Value: n(2510), Qualifier: "more-than", Verbatim: "hơn 2.510"},
		{Figure: "tin-bai", Period: "2024-08", Label: "9/2021 – 8/2024", Value: n(15000), Qualifier: "more-than", Verbatim: "hơn 15.000"},
		{Figure: "ban-tin", Period: "2024-08", Label: "9/2021 – 8/2024", Value: n(670), Qualifier: "more-than", Verbatim: "hơn 670"},
		{Figure: "don-vi-xu-ly", Period: "2024-08", Label: "8/2024", Value: n(41), Parts: []part{{"cơ quan", 33, "public bodies"}, {"doanh nghiệp", 8, "enterprises"}}},
		{Figure: "hai-long-phan-thiet", Period: "2024", Label: "công bố 2 năm", Verbatim: "85 %", Note: "834 phiếu, không nêu mẫu số"},
		{Figure: "phan-anh-phan-thiet", Period: "2024", Label: "2 năm", Value: n(1104), Parts: []part{{"đã xong", 1025, "done"}, {"đang xử lý", 79, "in process"}}},
		{Figure: "cai-dat-ung-dung", Period: "2024", Label: "2 năm", Value: n(20000), Qualifier: "more-than", Verbatim: "hơn 20.000", Note: "hơn 4.000 tài khoản"},
		{Figure: "phan-anh-covid", Period: "2022-05-12", Label: "đến 12/5/2022", Value: n(6975), Parts: []part{{"COVID-19", 6124, "COVID-19"}, {"khác", 851, "other"}}},
		{Figure: "goi-f0", Period: "2022-05-12", Label: "đến 12/5/2022", Value: n(12828)},
		{Figure: "goi-ho-tro-f0", Period: "2022-05-12", Label: "đến 12/5/2022", Value: n(290)},
		{Figure: "thu-ngan-sach", Period: "2026-10", Label: "10/2026", Value: n(18420), Fault: "Biểu TC-05, ô D14: chia cho 0", Note: "Đang hiện số 10/2026 đã duyệt"},
		{Figure: "khach-luu-tru", Period: "2026-11", Label: "11/2026", Have: 0, Want: 12, WantOf: "đơn vị", Due: time.Date(2026, 11, 30, 10, 0, 0, 0, time.UTC).UnixMilli()},
		{Figure: "ho-phu-ninh", Period: today, Value: n(72.4), Num: n(249), Den: n(344), Note: "249/344 triệu m³"},
	}
}

// owed is what a ward has sent of what it owes: one whole, one whose parts do not
// add up, one nine days late, one that is due.
func owed(now time.Time) []observation {
	today, late := now.Format(time.DateOnly), now.AddDate(0, 0, -10)
	return []observation{
		{Kind: "figure.reported", Body: figure{Figure: "ha-rac", Period: today, Value: n(38.4), Have: 24, Want: 24, WantOf: "tổ"}},
		{Kind: "figure.reported", Body: figure{Figure: "ha-nuoc-thai", Period: today, Value: n(1284), Parts: []part{{"hộ dân", 1240, "households"}, {"cơ sở", 38, "businesses"}}, Have: 18, Want: 24, WantOf: "tổ"}},
		{Time: late.UnixMilli(), Kind: "figure.reported", Body: figure{Figure: "ha-dat", Period: late.Format(time.DateOnly), Value: n(7)}},
		{Kind: "figure.reported", Body: figure{Figure: "ha-lu", Period: today, Have: 0, Want: 31, WantOf: "tổ", Due: now.Add(8 * time.Hour).UnixMilli()}},
	}
}

// figures sends everything there is, past months of disbursement first, so that
// it has a trend.
func (o *offices) figures(ctx context.Context) error {
	now := time.Now()
	var obs []observation
	for i, v := range []float64{8, 14, 19, 25, 29, 34, 40, 47, 52} {
		at := time.Date(now.Year(), time.Month(i+1), 28, 10, 0, 0, 0, time.UTC)
		if at.After(now) {
			break
		}
		obs = append(obs, observation{Time: at.UnixMilli(), Kind: "figure.reported", Body: figure{
			Figure: "giai-ngan", Period: at.Format("2006-01"), Value: n(v), Num: n(v * 60), Den: n(6000),
		}})
	}
	// The office of land sends each day and has not for nine.
	sent := now.AddDate(0, 0, -9)
	land := ratio("bien-dong-dat", sent.Format(time.DateOnly), "", 1284, 1502, 1)
	obs = append(obs, observation{Time: sent.UnixMilli(), Kind: "figure.reported", Body: land})
	obs = append(obs, owed(now)...)
	for _, f := range published(now) {
		obs = append(obs, observation{Kind: "figure.reported", Body: f})
	}
	if err := o.observe(ctx, obs...); err != nil {
		return err
	}
	if err := o.byArea(ctx, now); err != nil {
		return err
	}
	return o.counts(ctx)
}

// counts sends what is counted all the time.
func (o *offices) counts(ctx context.Context) error {
	now := time.Now()
	period := now.UTC().Format("2006-01-02T15:04:05")
	seen := float64(len(o.province.fleet.vessels))
	good := 0
	for _, c := range o.province.cameras {
		if !c.failing.Load() {
			good++
		}
	}
	cams := ratio("camera-tot", period, "", float64(good), float64(len(o.province.cameras)), 1)
	return o.observe(ctx,
		observation{Kind: "figure.reported", Body: figure{Figure: "tau-bien", Period: period, Value: n(seen), Have: int(seen) - 1, Want: int(seen), WantOf: "tàu"}},
		observation{Kind: "figure.reported", Body: cams},
	)
}
