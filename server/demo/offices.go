package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"iocwall/geo"
)

// Doors are where the server's doors are and what opens them.
type Doors struct {
	// URL is http://host:port of the server.
	URL string
	// Token is that of a provider, Operator that of an operator, who draws on the
	// map; without one nothing is drawn.
	Token, Operator string
}

// Drive sends in what offices and citizens send, through the server's public
// doors, until ctx ends. A server that is away is tried again.
func (p *Province) Drive(ctx context.Context, d Doors) error {
	o := &offices{doors: d, province: p, client: &http.Client{Timeout: 10 * time.Second}, rnd: rand.New(rand.NewPCG(10, 22))}
	var err error
	if o.wards, err = outlines(); err != nil {
		return err
	}
	for !o.try(ctx, "figures", o.figures) {
		if !pause(ctx, time.Second) {
			return nil
		}
	}
	if d.Operator != "" {
		o.try(ctx, "drawings", o.draw)
	}
	o.try(ctx, "reports of the wards", o.work)
	for range 24 {
		o.try(ctx, "report", o.report)
	}
	for n := 1; ; n++ {
		if !pause(ctx, time.Second) {
			return nil
		}
		if n%9 == 0 {
			o.try(ctx, "report", o.report)
		}
		if n%4 == 0 {
			o.try(ctx, "progress", o.progress)
		}
		if n%30 == 0 {
			o.try(ctx, "figures", o.counts)
		}
	}
}

// offices are the people and programs that report.
type offices struct {
	doors    Doors
	province *Province
	client   *http.Client
	rnd      *rand.Rand
	open     []placed // reports that wait for somebody
	wards    map[string]*geo.Prepared
}

// placed is a report and where it is.
type placed struct {
	id string
	at geo.Point
}

func (o *offices) try(ctx context.Context, what string, f func(context.Context) error) bool {
	err := f(ctx)
	if err != nil && ctx.Err() == nil {
		o.province.log.Warn("the demonstration could not send", "what", what, "error", err)
	}
	return err == nil
}

// post sends a body and reads the answer into out, which may be nil.
func (o *offices) post(ctx context.Context, path, kind string, body io.Reader, out any) error {
	return o.send(ctx, http.MethodPost, path, o.doors.Token, kind, body, out)
}

func (o *offices) send(ctx context.Context, method, path, token, kind string, body io.Reader, out any) error {
	req, err := http.NewRequestWithContext(ctx, method, o.doors.URL+path, body)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", kind)
	resp, err := o.client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(resp.Body, 4<<20))
	if err != nil {
		return err
	}
	if resp.StatusCode/100 != 2 {
		return fmt.Errorf("%s answered %s: %s", path, resp.Status, strings.TrimSpace(string(raw)))
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(raw, out)
}

type observation struct {
	Time int64  `json:"time,omitempty"`
	Kind string `json:"kind"`
	Body any    `json:"body"`
}

func (o *offices) observe(ctx context.Context, obs ...observation) error {
	raw, err := json.Marshal(obs)
	if err != nil {
		return err
	}
	return o.post(ctx, "/api/observations", "application/json", bytes.NewReader(raw), nil)
}

// complaint is what a citizen may report, and where.
type complaint struct {
	service, text string
}

var complaints = []complaint{
	{"roads", "Ổ gà lớn trước số nhà 112, xe máy tránh ra giữa đường"},
	{"roads", "Đèn tín hiệu ngã tư nhấp nháy vàng từ tối qua"},
	{"roads", "Nước ngập khoảng 30 cm, xe chết máy"},
	{"environment", "Rác tập kết ở đầu hẻm ba ngày chưa thu gom"},
	{"environment", "Nước kênh đổi màu, mùi hôi, cá chết"},
	{"environment", "Khói đốt phế liệu vào ban đêm"},
	{"order", "Quán nhậu mở loa lớn sau 22 giờ"},
	{"order", "Vỉa hè bị lấn chiếm, người đi bộ phải xuống đường"},
	{"food", "Quầy thịt không dấu kiểm dịch ở chợ"},
	{"procedures", "Hồ sơ trễ hẹn năm ngày, không có thông báo"},
}

// towns are where people live.
var towns = []geo.Point{{108.474, 15.573}, {108.335, 15.884}, {108.249, 15.893}, {108.656, 15.430}, {108.357, 15.738}, {108.262, 15.846}, {108.213, 16.060}, {108.117, 15.883}}

// report sends a citizen's report of something somewhere.
func (o *offices) report(ctx context.Context) error {
	c, at := complaints[o.rnd.IntN(len(complaints))], towns[o.rnd.IntN(len(towns))]
	at[1], at[0] = at[1]+0.02*o.rnd.NormFloat64(), min(at[0]+0.015*o.rnd.NormFloat64(), at[0]+0.012)
	id, err := o.file(ctx, c, at)
	if err == nil {
		o.open = append(o.open, placed{id, at})
	}
	return err
}

// file sends a report as the province's app does, by GeoReport v2, and returns
// its code.
func (o *offices) file(ctx context.Context, c complaint, at geo.Point) (string, error) {
	form := url.Values{
		"service_code": {c.service}, "description": {c.text},
		"lat":        {strconv.FormatFloat(at[1], 'f', 5, 64)},
		"long":       {strconv.FormatFloat(at[0], 'f', 5, 64)},
		"first_name": {"An"}, "last_name": {"Nguyễn Văn"}, "phone": {fmt.Sprintf("09%08d", o.rnd.IntN(1e8))},
	}
	var answer []struct {
		ID string `json:"service_request_id"`
	}
	err := o.post(ctx, "/georeport/v2/requests.json", "application/x-www-form-urlencoded", strings.NewReader(form.Encode()), &answer)
	if err != nil {
		return "", err
	}
	if len(answer) != 1 || answer[0].ID == "" {
		return "", fmt.Errorf("the report got no code: %v", answer)
	}
	return answer[0].ID, nil
}

// progress moves an old report on; some wait for ever.
func (o *offices) progress(ctx context.Context) error {
	if len(o.open) < 18 {
		return nil
	}
	r := o.open[0]
	o.open = o.open[1:]
	state, agency := "dispatched", []string{"so-xd", "so-nnmt", "so-yt", "dvc"}[o.rnd.IntN(4)]
	if ward := o.ward(r.at); ward != "" {
		agency = ward
	}
	switch o.rnd.IntN(4) {
	case 0:
		state = "done"
	case 1:
		state = "refused"
	default:
		o.open = append(o.open, r)
	}
	return o.observe(ctx, observation{Kind: "report.changed", Body: map[string]any{"id": r.id, "state": state, "agency": agency, "by": "1022"}})
}
