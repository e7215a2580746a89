/// A stored event as a reader of a plan gets it: with its link, or the event that a link points to.
#pragma once

#include <server/kurrent/v1.pb.h>

#include "server/kurrent/read_plan.hpp"

namespace varve::kurrent {

void put_read_event(const Store& store, const ReadPlan& plan, const Event& event, v1::ReadResp::ReadEvent& out);

}  // namespace varve::kurrent
