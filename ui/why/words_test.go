package why

import (
	"testing"

	"iocwall/ui/words"
)

// TestRefusalsAreTranslated: a refusal is said in the person's language, with its
// things, numbers and times as people write them; what has no code stays as it came.
func TestRefusalsAreTranslated(t *testing.T) {
	type values = map[string]string
	for _, c := range []struct {
		code   string
		values values
		vi, en string
	}{
		{"", nil, "server's text", "server's text"},
		{"no.such.code", nil, "server's text", "server's text"},
		{"changed", values{"what": "scene", "version": "1234"}, "Có người đã sửa cảnh này (phiên bản 1.234); mở lại rồi sửa tiếp", "Somebody changed this scene meanwhile (version 1,234); open it again"},
		{"changed", nil, "server's text", "server's text"}, // of a server that says less
		{"number.range", values{"what": `the left edge of tile "cam-1"`, "value": "-2.5", "least": "0", "most": "1e+06"}, "mép trái của ô \"cam-1\" là −2,5, phải từ 0 đến 1.000.000", "left edge of tile \"cam-1\" is −2.5, not between 0 and 1,000,000"},
		{"layout.over", values{"where": "tile 3 (cam-1)", "other": "tile 1 (map)"}, "ô 3 (cam-1): che mất ô 1 (map); đặt mỗi thứ một chỗ", "tile 3 (cam-1): lies over tile 1 (map); give each a place of its own"},
		{"wall.lost", values{"things": "a of the scene day, the zone z of the scene day"}, "Những thứ này sẽ không còn nằm trên màn nào: a của cảnh day, vùng z của cảnh day; chuyển chỗ trước", "These would lie on no screen any more: a of scene day, zone z of scene day; move them first"},
		{"wall.slow", values{"seconds": "3.5"}, "Sau 3,5\u00a0s tường vẫn chưa đổi; xem các máy của tường", "The wall has not changed within 3.5\u00a0s; look at its computers"},
		{"clip.span", values{"span": "10m0s"}, "Một đoạn ghi dài nhất 10 phút; chia làm hai", "A clip has at most 10 min; ask for two"},
		{"denied.roles", values{"who": "hung", "role": "desk", "right": "scene.show", "roles": "operator or leader"}, "hung (tổng đài) không được đổi cảnh trên tường; nhờ người có vai trò trực ban, lãnh đạo, hoặc quản trị viên", "hung (call desk) has no right to show scenes; ask somebody with the role operator, leader, or an administrator"},
		{"denied.administrator", values{"who": "the token wall-1", "role": "x", "right": "y"}, "mã máy wall-1 (x) không được y; hỏi quản trị viên", "the token wall-1 (x) has no right to y; ask an administrator"},
		{"wall.refused", values{"who": "the server", "why": "x"}, "máy chủ từ chối: x", "the server refused: x"},
		{"drawing.shape", values{"n": "2", "why": "a", "why.code": "drawing.point", "why.n": "1234", "why.why": "b", "why.why.code": "shape.swapped", "why.why.why": "c", "why.why.at": "[15, 108]"}, "Hình 2 của hình vẽ: Điểm 1.234: Kinh độ và vĩ độ bị đảo ở [15, 108]; kinh độ viết trước", "Shape 2 of the drawing: Point 1,234: Longitude and latitude are swapped at [15, 108]; longitude comes first"},
		{"import.useless", values{"feature": "0", "why": "a", "why.code": "many", "why.1": "b", "why.1.code": "import.text", "why.1.key": "name", "why.2": "c", "why.2.code": "import.number", "why.2.key": "near", "why.3": "disk full"}, "Không đối tượng nào trong tệp là hàng rào; đối tượng 0: Trường “name” không phải chữ; Trường “near” không phải số; disk full", "No feature of the file is a fence; feature 0: The field “name” is not a text; The field “near” is not a number; disk full"},
		{"many", values{"1": "a", "1.code": "shape.empty", "2": "b", "2.code": "import.cut", "2.why": "c", "2.why.code": "shape.cut", "2.why.n": "12345"}, "Đối tượng không có hình; Tệp không đọc được đến cuối, chưa nhập gì: Tệp bị đứt ở byte 12.345; xuất lại tệp hoặc tải lại cho đủ", "The feature has no geometry; The file cannot be read to its end, nothing was imported: The file breaks off at byte 12,345; export it again, or copy it whole"},
		{"many", nil, "server's text", "server's text"},
		{"roster.lines", values{"text": "camera a: name: A\ncamera b: name: B"}, "Các mục viết trên một dòng không sửa được từ đây; sửa tay trong tệp: camera a: name: A; camera b: name: B", "Entries that are written in one line cannot be edited here; write into the file by hand: camera a: name: A; camera b: name: B"},
		{"drawing.shape", values{"n": "2", "why": "of another server", "why.code": "no.such.code"}, "Hình 2 của hình vẽ: of another server", "Shape 2 of the drawing: of another server"},
	} {
		for lang, want := range map[string]string{"vi": c.vi, "en": c.en} {
			l, err := words.Load(lang)
			if err != nil {
				t.Fatal(err)
			}
			if got := Words(l, c.code, c.values, "server's text"); got != want {
				t.Errorf("%s %s: %q, want %q", lang, c.code, got, want)
			}
		}
	}
}
