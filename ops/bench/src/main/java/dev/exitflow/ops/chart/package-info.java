/** How charts look, whoever draws them. */
package dev.exitflow.ops.chart;
