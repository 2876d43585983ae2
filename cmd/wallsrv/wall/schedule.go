package wall

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"iocwall/server/act"
	"iocwall/server/world"
)

type scheduleCmd struct {
	List   scheduleListCmd   `cmd:"" help:"List the schedules."`
	Save   scheduleSaveCmd   `cmd:"" help:"Make or change a schedule."`
	Remove scheduleRemoveCmd `cmd:"" help:"Remove a schedule."`
	Follow scheduleFollowCmd `cmd:"" help:"Give the wall back to the schedule of the hour."`
}

type scheduleListCmd struct{}

// Help is shown by --help.
func (scheduleListCmd) Help() string {
	return `Example:
  wallsrv wall schedule list`
}

// Run lists.
func (scheduleListCmd) Run(ctx context.Context, k *kong.Context, c *Cmd) error {
	v, _, err := c.view(ctx)
	if err != nil {
		return err
	}
	if c.JSON {
		return encodeJSON(k.Stdout, v.Schedules)
	}
	w := listing(k.Stdout, "ID", "NAME", "SCENES", "EACH", "DAYS", "FROM", "TO", "PRIORITY", "BY", "STATE")
	for _, x := range v.Schedules {
		state, each := "on", "-"
		if x.Off {
			state = "off"
		}
		if x.Dwell > 0 {
			each = (time.Duration(x.Dwell) * time.Millisecond).String()
		}
		days := strings.Join(x.Days, " ")
		if days == "" {
			days = "every day"
		}
		row(w, x.ID, x.Name, strings.Join(x.Scenes, ", "), each, days, hour(x.From), hour(x.To), x.Priority, x.By, state)
	}
	return w.Flush()
}

// hour writes minutes after midnight.
func hour(minutes int) string { return fmt.Sprintf("%02d:%02d", minutes/60, minutes%60) }

// minutes reads an hour of the day; 24:00 is its end.
func minutes(text string) (int, error) {
	if text == "" {
		return 0, nil
	}
	if text == "24:00" {
		return 24 * 60, nil
	}
	t, err := time.Parse("15:04", text)
	if err != nil {
		return 0, fmt.Errorf("%q is not an hour; write it as in 06:30", text)
	}
	return t.Hour()*60 + t.Minute(), nil
}

type scheduleSaveCmd struct {
	ID       string        `arg:"" help:"Id of the schedule."`
	Name     string        `help:"Its name; the id if left out." placeholder:"TEXT"`
	Scene    []string      `help:"Scene to show; several are shown in turn." required:"" placeholder:"ID"`
	Dwell    time.Duration `help:"How long each of several scenes stays, 5s at least." default:"30s"`
	Day      []string      `help:"mon to sun, workday or holiday; every day if left out." placeholder:"DAY"`
	From     string        `help:"First hour in Vietnam, as in 07:00." placeholder:"HH:MM"`
	To       string        `help:"Last hour; one not after the first is on the next day. Without both it is the whole day." placeholder:"HH:MM"`
	Priority int           `help:"Decides between schedules of the same hour; the higher one has it."`
	Off      bool          `help:"Keep it without following it."`
}

// Help is shown by --help.
func (scheduleSaveCmd) Help() string {
	return `One that is there under the id is replaced.

Examples:
  wallsrv wall schedule save ca-ngay --name "Ca ngày" --scene tong-quan --scene giao-thong --dwell 2m --day workday --from 07:00 --to 17:00
  wallsrv wall schedule save dem --scene truc-dem --from 17:00 --to 07:00`
}

// Run saves.
func (s *scheduleSaveCmd) Run(ctx context.Context, k *kong.Context, c *Cmd) error {
	v, _, err := c.view(ctx)
	if err != nil {
		return err
	}
	x := world.ScheduleSaved{
		Saved: world.Saved{ID: s.ID, Name: s.Name}, Wall: v.ID, Scenes: s.Scene, Dwell: s.Dwell.Milliseconds(), Days: s.Day, Priority: s.Priority, Off: s.Off,
	}
	if x.Name == "" {
		x.Name = s.ID
	}
	if len(x.Scenes) == 1 {
		x.Dwell = 0
	}
	var err1, err2 error
	if x.From, err1 = minutes(s.From); err1 != nil {
		err1 = fmt.Errorf("--from: %w", err1)
	}
	if x.To, err2 = minutes(s.To); err2 != nil {
		err2 = fmt.Errorf("--to: %w", err2)
	}
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	if i := slices.IndexFunc(v.Schedules, func(o world.ScheduleSaved) bool { return o.ID == s.ID }); i >= 0 {
		x.Version = v.Schedules[i].Version
	}
	return c.do(ctx, k, act.SaveSchedule{Schedule: x}, fmt.Sprintf("the schedule %s of the wall %s is saved", s.ID, v.ID))
}

type scheduleRemoveCmd struct {
	ID string `arg:"" help:"Id of the schedule."`
}

// Help is shown by --help.
func (scheduleRemoveCmd) Help() string {
	return `Example:
  wallsrv wall schedule remove dem`
}

// Run removes.
func (s *scheduleRemoveCmd) Run(ctx context.Context, k *kong.Context, c *Cmd) error {
	v, _, err := c.view(ctx)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(v.Schedules, func(o world.ScheduleSaved) bool { return o.ID == s.ID })
	if i < 0 {
		return fmt.Errorf("the wall %s has no schedule %q; \"wallsrv wall schedule list\" names them", v.ID, s.ID)
	}
	x := v.Schedules[i]
	x.Removed = true
	return c.do(ctx, k, act.SaveSchedule{Schedule: x}, "the schedule "+s.ID+" is removed")
}

type scheduleFollowCmd struct{}

// Help is shown by --help.
func (scheduleFollowCmd) Help() string {
	return `Ends what a person chose for the wall.

Example:
  wallsrv wall schedule follow`
}

// Run follows.
func (scheduleFollowCmd) Run(ctx context.Context, k *kong.Context, c *Cmd) error {
	id, err := c.id(ctx)
	if err != nil {
		return err
	}
	return c.do(ctx, k, act.FollowSchedule{Wall: id}, "the wall "+id+" follows its schedules")
}
