package main_test

import "fmt"

// The reference wall in small, in fake time as in the run with real programs: 27
// screens of 320×180, driven by 12 computers.
const (
	screens27 = 27
	screenW   = 320
	screenH   = 180
	spare27   = 27 // the number of the screen that stands in for others
	alarmZone = "bao-dong"
)

// perNode is the number of screens of each computer.
var perNode = [...]int{2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 2}

// highWater is a file of rules that raise an alert for high water, which pops up with
// so many of the cameras nearest to it, and more.
func highWater(cameras int, more string) string {
	return fmt.Sprintf(`rules:
  - id: lu
    on: station
    where: what == "level"
    value: reading("level")
    when: value >= 4
    severity: severe
    title: "Lũ {{name}}"
    instruction: [Báo Ban Chỉ huy phòng thủ dân sự]
    show: {zone: %s, cameras: %d%s}
`, alarmZone, cameras, more)
}
