package main

import "slices"

var shapes = slices.Concat(runShapes, activityShapes, messageShapes, childShapes, visibilityShapes, workerShapes, operationShapes)
