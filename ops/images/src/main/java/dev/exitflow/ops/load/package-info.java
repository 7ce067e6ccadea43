/** Images to send: where they come from, how they are encoded, at which pace they go to the images topic. */
package dev.exitflow.ops.load;
