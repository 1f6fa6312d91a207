/** A draft of schema.org/MediaReview out of what a person and the report say. */

import type { Check, LabelWord, Report } from "./types";

/** What a label is among schema.org's MediaManipulationRatingEnumeration; unsure is none of them. */
const CATEGORIES: Record<LabelWord, string | null> = {
  filmed: "https://schema.org/OriginalMediaContent",
  made: "https://schema.org/TransformedContent",
  unsure: null,
};
const TYPES = { video: "VideoObject", image: "ImageObject", audio: "AudioObject" };

export function draftReview(check: Check, report: Report): object | null {
  const label = check.label;
  if (!label) return null;
  const category = CATEGORIES[label.word];
  const media = report.media;
  return {
    "@context": "https://schema.org",
    "@type": "MediaReview",
    creativeWorkStatus: "Draft",
    datePublished: label.at.slice(0, 10),
    author: { "@type": "Organization", name: "TO BE FILLED IN", url: "TO BE FILLED IN" },
    url: "TO BE FILLED IN",
    ...(category ? { mediaAuthenticityCategory: category } : {}),
    originalMediaContextDescription: label.note || "TO BE FILLED IN",
    reviewBody: `Machine's finding, to be weighed by the reviewer: ${report.sentence}`,
    itemReviewed: {
      "@type": "MediaReviewItem",
      creator: { "@type": "Person", name: "TO BE FILLED IN" },
      mediaItemAppearance: [
        {
          "@type": TYPES[media.kind],
          name: check.name,
          sha256: check.media,
          contentSize: `${media.bytes} B`,
          ...(media.duration === null ? {} : { duration: `PT${media.duration}S` }),
          contentUrl: "TO BE FILLED IN",
        },
      ],
    },
    isBasedOn: { "@type": "SoftwareApplication", name: "unmask", softwareVersion: report.engine.version },
  };
}
