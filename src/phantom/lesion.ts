/** What a phantom subject is known to have. */
export interface LesionPlan {
  /** Name of the label, as in the task. */
  readonly kind: "fat-metaplasia" | "bone-marrow-oedema" | "effusion";
  /** Value in the mask. */
  readonly label: number;
  readonly bone: "sacrum" | "ilium" | "femoral-head" | "acetabulum" | "hip-joint";
  readonly side: "left" | "right";
}

export interface Lesion extends LesionPlan {
  readonly voxels: number;
  readonly volumeMm3: number;
}

/** A value of the bones mask. */
export interface BoneLabel {
  readonly value: number;
  readonly name: string;
}
