package rule

type rule struct{}

type clocks struct{}
