package rule

import (
	"time"

	"iocwall/server/world"
)

// showYAML says what of an alert pops up on walls: the instruction, and with it
// cameras that see the place and the map around it.
type showYAML struct {
	Zone    phrase        `yaml:"zone"`
	Cameras int           `yaml:"cameras"`
	Map     bool          `yaml:"map"`
	Limit   time.Duration `yaml:"limit"`
}

// maxShown is how many cameras of one alert may pop up.
const maxShown = 6

// show checks and returns it; nil stays nil.
func (p *parser) show(path string, y *showYAML) *world.AlertShow {
	if y == nil {
		return nil
	}
	if y.Cameras < 0 || y.Cameras > maxShown {
		p.at(path+".cameras", "", "write a number from 0 to %d", maxShown)
	}
	if y.Limit != 0 && (y.Limit < 10*time.Second || y.Limit > 24*time.Hour) {
		p.at(path+".limit", "leave it out to show it until the alert is over", "write a time from 10s to 24h")
	}
	if y.Zone.given() && !idPattern.MatchString(y.Zone.text) {
		p.on(y.Zone, path+".zone", "zones are named in the scenes", "%q is not the id of a zone", y.Zone.text)
	}
	return &world.AlertShow{Zone: y.Zone.text, Cameras: y.Cameras, Map: y.Map, Limit: y.Limit.Milliseconds()}
}
